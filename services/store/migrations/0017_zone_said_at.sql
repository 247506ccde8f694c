-- When the order was placed that named a buyer's time zone: orders come in any order, and the latest
-- one's word stands. Of zones that stand already it is not known; the next order that names one wins.
ALTER TABLE buyers ADD COLUMN zone_said_at BIGINT;
