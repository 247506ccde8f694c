-- What a buyer bought in a shop, latest first.
CREATE INDEX order_lines_of_buyer ON order_lines (shop_id, buyer_key, placed_at) WHERE buyer_key IS NOT NULL;
