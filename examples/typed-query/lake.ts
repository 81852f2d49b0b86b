import { App } from 'aws-cdk-lib/core';
import { SalesStack } from './sales-stack.js';

new SalesStack(new App(), 'Sales', { environment: { name: 'dev' } });
