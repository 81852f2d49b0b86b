import { App } from 'aws-cdk-lib/core';
import { FlightsStack } from './flights-stack.js';

new FlightsStack(new App(), 'Flights', { environment: { name: 'dev' } });
