-- Weeks and months are summed once they are over, from their days, and kept from then on: up to where they are,
-- stands beside what the roll-ups hold. Months that were kept from their first day on are summed again.
ALTER TABLE rollup_bases ADD COLUMN sealed_until BIGINT;
INSERT INTO rollup_bases (shop_id, zone_data, catalogue)
SELECT shop_id, '', '' FROM shops s WHERE NOT EXISTS (SELECT 1 FROM rollup_bases b WHERE b.shop_id = s.shop_id);
DELETE FROM review_rollups WHERE grain <> 0;
DELETE FROM line_rollups WHERE grain <> 0;
DELETE FROM handling_rollups WHERE grain <> 0;
DELETE FROM time_rollups WHERE grain <> 0;
DELETE FROM sla_rollups WHERE grain <> 0;
DELETE FROM satisfaction_rollups WHERE grain <> 0;
