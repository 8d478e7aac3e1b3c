-- Settled and not reported, where the institution sent reports of the same modality around that day.
INSERT INTO found
WITH reports AS (
  SELECT 'clnc_exam_rpot_d' AS source, mdtrt_id, exam_item_code, fixmedins_code, exam_date::DATE AS day
  FROM read_parquet(getvariable('clnc_exam_rpot_d'))
  UNION ALL
  SELECT 'clnc_test_rpot_d', mdtrt_id, exam_item_code, fixmedins_code, rpt_time::DATE
  FROM read_parquet(getvariable('clnc_test_rpot_d'))
),
sides AS (
  SELECT source, fixmedins_code, left(exam_item_code, 6) AS family, day + shift AS fee_date,
         min(abs(shift)) AS nearest, count(DISTINCT shift) AS sides
  FROM (SELECT DISTINCT source, fixmedins_code, left(exam_item_code, 6) AS exam_item_code, day FROM reports
        WHERE day IS NOT NULL), unnest([-1, 0, 1]) AS t(shift)
  GROUP BY ALL
),
billed AS (
  SELECT c.detector_id, c.p->>'reports' AS source, l.* FROM line l
  JOIN card c ON c.kind = 'report_missing' AND list_contains(c.domains, l.domain)
  WHERE l.setl_id IS NOT NULL AND l.med_list_codg IS NOT NULL AND coalesce(l.etip_flag, 0) <> 1
    AND NOT fits(c.p->>'exclude_name', l.hilist_name)
)
SELECT b.detector_id, 'fee_list_d', b.bkkp_sn, b.net_inscp FROM billed b
SEMI JOIN sides s ON s.source = b.source AND s.fixmedins_code = b.fixmedins_code
 AND s.family = left(b.med_list_codg, 6) AND s.fee_date = b.fee_date AND (s.nearest = 0 OR s.sides > 1)
ANTI JOIN reports r ON r.source = b.source AND r.mdtrt_id = b.mdtrt_id AND r.exam_item_code = b.med_list_codg
 AND abs(r.day - b.fee_date) <= 1;
