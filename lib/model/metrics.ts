/** Names of the metrics that conform handlers write and alarms read. */
export const METRICS = {
  namespace: 'Medallion',
  /** Dimension: `shop_dev`. */
  lake: 'Lake',
  /** Dimension: the bronze table. */
  table: 'Table',
  /** Records that came, refused ones among them. */
  received: 'RecordsReceived',
  refused: 'RecordsRefused',
} as const;
