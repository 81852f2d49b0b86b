/** The zones of a lake. Only bronze, silver and gold hold tables that a step makes. */
export type TableZone = 'bronze' | 'silver' | 'gold';

/** A place with a bucket of its own: the table zones, where files arrive, where refused records wait, and the lake's own books. */
export type Zone = 'landing' | TableZone | 'quarantine' | 'operations';

export const ZONES: readonly Zone[] = ['landing', 'bronze', 'silver', 'gold', 'quarantine', 'operations'];
