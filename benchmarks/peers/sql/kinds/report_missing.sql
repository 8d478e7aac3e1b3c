-- Settled and not reported, where the institution sent reports of the same modality around that day and its interface
-- was not down.
INSERT INTO found
WITH reports AS (
  SELECT 'clnc_exam_rpot_d' AS source, mdtrt_id, exam_item_code, fixmedins_code, exam_date::DATE AS day
  FROM read_parquet(getvariable('clnc_exam_rpot_d'))
  UNION ALL
  SELECT 'clnc_test_rpot_d', mdtrt_id, exam_item_code, fixmedins_code, rpt_time::DATE
  FROM read_parquet(getvariable('clnc_test_rpot_d'))
),
sides AS (
  SELECT source, fixmedins_code, family, day + shift AS fee_date, min(abs(shift)) AS nearest, count(*) AS sides
  FROM (SELECT DISTINCT source, fixmedins_code, left(exam_item_code, 6) AS family, day FROM reports
        WHERE day IS NOT NULL), unnest([-1, 0, 1]) AS t(shift)
  GROUP BY ALL
),
billed AS (
  SELECT c.detector_id, c.p, c.p->>'reports' AS source, l.bkkp_sn, l.mdtrt_id, l.fixmedins_code, l.med_list_codg,
         left(l.med_list_codg, 6) AS family, l.fee_date, l.net_inscp
  FROM line l JOIN card c ON c.kind = 'report_missing' AND list_contains(c.domains, l.domain)
  WHERE l.setl_id IS NOT NULL AND l.med_list_codg IS NOT NULL AND coalesce(l.etip_flag, 0) <> 1
    AND NOT fits(c.p->>'exclude_name', l.hilist_name)
),
judged AS (
  SELECT b.* FROM billed b
  SEMI JOIN sides s ON s.source = b.source AND s.fixmedins_code = b.fixmedins_code AND s.family = b.family
   AND s.fee_date = b.fee_date AND (s.nearest = 0 OR s.sides > 1)
),
missing AS (
  SELECT j.* FROM judged j
  ANTI JOIN (SELECT DISTINCT source, mdtrt_id, exam_item_code, day + shift AS fee_date
             FROM reports, unnest([-1, 0, 1]) AS t(shift) WHERE day IS NOT NULL) r
    ON r.source = j.source AND r.mdtrt_id = j.mdtrt_id AND r.exam_item_code = j.med_list_codg
   AND r.fee_date = j.fee_date
),
dark AS (
  SELECT d.detector_id, d.p, d.fixmedins_code, d.family, d.fee_date,
         coalesce(m.gone >= (d.p->>'outage_lines')::INTEGER
           AND m.gone >= d.lines * (d.p->>'outage_share')::DOUBLE, false) AS dark
  FROM (SELECT detector_id, any_value(p) AS p, fixmedins_code, family, fee_date, count(*) AS lines FROM judged
        GROUP BY detector_id, fixmedins_code, family, fee_date) d
  LEFT JOIN (SELECT detector_id, fixmedins_code, family, fee_date, count(*) AS gone FROM missing GROUP BY ALL) m
    USING (detector_id, fixmedins_code, family, fee_date)
),
outage AS (
  SELECT * FROM dark
  QUALIFY dark AND avg(dark::INTEGER) OVER (PARTITION BY detector_id, fixmedins_code, family)
    <= (p->>'outage_days')::DOUBLE
)
SELECT detector_id, 'fee_list_d', bkkp_sn, net_inscp FROM missing
ANTI JOIN outage USING (detector_id, fixmedins_code, family, fee_date);
