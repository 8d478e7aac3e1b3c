-- Two items of which only one is payable: the sub item is disputed whole.
INSERT INTO found
WITH mains AS (
  SELECT m.*, unnest(CASE WHEN "window" IN ('hour', '6 hours')
                          THEN [(fee_date - 1)::VARCHAR, fee_date::VARCHAR, (fee_date + 1)::VARCHAR]
                          WHEN "window" = 'visit' THEN [mdtrt_id] ELSE [fee_date::VARCHAR] END) AS bucket
  FROM sided m WHERE kind = 'duplicate_pair' AND side = 'item'
),
subs AS (
  SELECT s.*, CASE WHEN "window" = 'visit' THEN mdtrt_id ELSE fee_date::VARCHAR END AS bucket,
         coalesce(mutual, false) OR coalesce(c.p->>'dispute', 'other') = 'cheaper' AS cheaper
  FROM sided s JOIN card c USING (detector_id)
  WHERE s.kind = 'duplicate_pair' AND side = 'other' AND meant
)
SELECT DISTINCT s.detector_id, 'fee_list_d', s.bkkp_sn, s.net_inscp
FROM subs s
SEMI JOIN mains m
  ON m.detector_id = s.detector_id AND m.point_id = s.point_id AND m.fixmedins_code = s.fixmedins_code
 AND m.psn_no = s.psn_no AND m.bucket = s.bucket AND m.bkkp_sn <> s.bkkp_sn
 AND (coalesce(m.med_list_codg, '') <> coalesce(s.med_list_codg, '') OR m.hilist_name <> s.hilist_name)
 AND (s."window" NOT IN ('hour', '6 hours')
      OR (m.fee_ocur_time::TIME <> TIME '00:00:00' AND s.fee_ocur_time::TIME <> TIME '00:00:00'
          AND abs(epoch(m.fee_ocur_time) - epoch(s.fee_ocur_time))
              <= CASE WHEN s."window" = 'hour' THEN 3600 ELSE 21600 END))
 AND (NOT s.cheaper OR m.net_inscp > s.net_inscp
      OR (m.net_inscp = s.net_inscp AND (epoch(m.fee_ocur_time) < epoch(s.fee_ocur_time)
          OR (epoch(m.fee_ocur_time) = epoch(s.fee_ocur_time) AND m.bkkp_sn < s.bkkp_sn))))
WHERE s.net_inscp > 0;
