import { changed, type Flag, type NeverNull, plain, type Slot, type slot } from './column.js';
import { OrderedColumn } from './ordered-column.js';
import type { DateRef, TimestampRef } from './ref.js';
import type { DateText, InstantText, TimestampText } from './value.js';

export class DateColumn<F extends Flag = never> extends OrderedColumn<'date', F, DateRef, DateText> {
  declare readonly [slot]: Slot<'date', DateRef, DateText, DateText, F>;

  /** The column, or it together with other key columns, names a row. */
  key(this: NeverNull<F>): DateColumn<F | 'key'> {
    return changed(this, { key: true });
  }

  /** When what the row tells of happened. */
  eventTime(this: NeverNull<F>): DateColumn<F | 'eventTime'> {
    return changed(this, { eventTime: true });
  }
}

export class TimestampColumn<F extends Flag = never> extends OrderedColumn<'timestamp', F, TimestampRef, InstantText | Date> {
  declare readonly [slot]: Slot<'timestamp', TimestampRef, TimestampText, InstantText | Date, F>;

  /** The column, or it together with other key columns, names a row. */
  key(this: NeverNull<F>): TimestampColumn<F | 'key'> {
    return changed(this, { key: true });
  }

  /** Orders the versions of a row: the greatest is the newest. */
  sequence(this: NeverNull<F>): TimestampColumn<F | 'sequence'> {
    return changed(this, { sequence: true });
  }

  /** When what the row tells of happened. */
  eventTime(this: NeverNull<F>): TimestampColumn<F | 'eventTime'> {
    return changed(this, { eventTime: true });
  }
}

/** A calendar date. */
export function date(): DateColumn {
  return new DateColumn(plain({ kind: 'date' }));
}

/** A moment in UTC with microseconds. */
export function timestamp(): TimestampColumn {
  return new TimestampColumn(plain({ kind: 'timestamp' }));
}
