-- The same item again too soon for a person, unless a transfer lies between.
INSERT INTO found
WITH matched AS (
  SELECT s.*, CASE WHEN coalesce(group_id, '') = '' THEN point_id ELSE group_id END AS item,
         coalesce((c.p->>'events')::INTEGER, 1) AS events
  FROM sided s JOIN card c USING (detector_id)
  WHERE s.kind = 'interval_per_person' AND side = 'item' AND meant
),
ordered AS (
  SELECT *, lag({d: fee_date, h: fixmedins_code, w: dscg_way}, events) OVER (
    PARTITION BY detector_id, psn_no, item ORDER BY fee_ocur_time, bkkp_sn) AS earlier
  FROM matched
)
SELECT detector_id, 'fee_list_d', bkkp_sn, net_inscp FROM ordered
WHERE fee_date - earlier.d < limit_value
  AND NOT (earlier.h <> fixmedins_code AND coalesce(earlier.w IN ('2', '3'), false));
