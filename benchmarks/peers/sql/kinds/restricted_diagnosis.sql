-- Payable for certain diagnoses only, billed on a settlement none of whose diagnoses is one of them.
INSERT INTO found
WITH matched AS (
  SELECT s.detector_id, s.bkkp_sn, s.setl_id, s.net_inscp, s.params FROM sided s
  WHERE s.kind = 'restricted_diagnosis' AND side = 'item' AND meant AND s.setl_id IS NOT NULL AND s.params IS NOT NULL
),
told AS (
  SELECT tidy(setl_id) AS setl_id, '|' || string_agg(DISTINCT tidy(diag_code), '|') AS codes
  FROM read_parquet(getvariable('setl_list_diag_d'))
  WHERE tidy(setl_id) IN (SELECT setl_id FROM matched) GROUP BY ALL
)
SELECT detector_id, 'fee_list_d', bkkp_sn, net_inscp FROM matched JOIN told USING (setl_id)
WHERE len(list_filter(string_split(params, '|'), lambda one: contains(codes, '|' || one))) = 0;
