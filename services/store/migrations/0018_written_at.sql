-- When a review was there at the latest: when it was first seen with a rating, or when the channel says
-- that it was changed, if that is earlier. Edit windows and the quota of asks are counted from it.
ALTER TABLE reviews ADD COLUMN written_at BIGINT;
UPDATE reviews SET written_at = (
    SELECT {least}(reviews.first_observed_at, coalesce(min(v.platform_modified_at), reviews.first_observed_at))
    FROM review_versions v WHERE v.shop_id = reviews.shop_id AND v.review_id = reviews.review_id
) WHERE first_observed_at IS NOT NULL;
