-- Sold far dearer over its purchase price than other shops do.
INSERT INTO found
WITH goods AS (
  SELECT c.detector_id, c.p, l.bkkp_sn, l.fixmedins_code, l.med_list_codg, l.fee_date, l.pric, l.net_inscp
  FROM line l JOIN card c ON c.kind = 'over_markup' AND list_contains(c.domains, l.domain)
  WHERE l.med_list_codg IS NOT NULL AND l.pric > 0 AND l.fixmedins_type = '2'
),
sold AS (
  SELECT detector_id, any_value(p) AS p, fixmedins_code, med_list_codg, fee_date, pric, count(*) AS lines
  FROM goods GROUP BY detector_id, fixmedins_code, med_list_codg, fee_date, pric
),
lots AS (
  SELECT fixmedins_code, med_list_codg, purc_time::DATE AS day, max(pric)::DOUBLE AS paid
  FROM read_parquet(getvariable('purc_d')) WHERE cnt > 0 AND pric > 0 AND coalesce(prod_geay_flag, 0) <> 1
  GROUP BY ALL
),
ever AS (SELECT fixmedins_code, med_list_codg, max(paid) AS ever FROM lots GROUP BY ALL),
lately AS (
  SELECT s.detector_id, s.fixmedins_code, s.med_list_codg, s.fee_date, max(o.paid) AS lately
  FROM (SELECT DISTINCT detector_id, (p->>'back_days')::INTEGER AS back, fixmedins_code, med_list_codg, fee_date
        FROM sold) s
  JOIN lots o USING (fixmedins_code, med_list_codg) WHERE s.fee_date - o.day BETWEEN 0 AND s.back GROUP BY ALL
),
marked AS (
  SELECT s.*, s.pric::DOUBLE / coalesce(n.lately, e.ever) AS markup
  FROM sold s JOIN ever e USING (fixmedins_code, med_list_codg)
  LEFT JOIN lately n USING (detector_id, fixmedins_code, med_list_codg, fee_date)
  WHERE s.pric::DOUBLE / coalesce(n.lately, e.ever) < (s.p->>'other_pack')::DOUBLE
),
level AS (
  SELECT detector_id, med_list_codg, any_value(p) AS p, list_sort(list(markup)) AS every FROM (
    SELECT detector_id, any_value(p) AS p, fixmedins_code, med_list_codg, sum(markup * lines) / sum(lines) AS markup
    FROM marked GROUP BY detector_id, fixmedins_code, med_list_codg
  ) GROUP BY detector_id, med_list_codg HAVING count(*) >= max((p->>'min_houses')::INTEGER)
),
fence AS (
  SELECT detector_id, med_list_codg, usual, greatest(high + 1.5 * (high - low), usual * (p->>'times')::DOUBLE) AS fence
  FROM (SELECT *, every[floor((len(every) - 1) * 0.25)::INTEGER + 1] AS low,
               every[floor((len(every) - 1) * 0.5)::INTEGER + 1] AS usual,
               every[floor((len(every) - 1) * 0.75)::INTEGER + 1] AS high FROM level)
),
dear AS (
  SELECT m.detector_id, m.fixmedins_code, m.med_list_codg, m.fee_date, m.pric, m.markup, f.usual
  FROM marked m JOIN fence f USING (detector_id, med_list_codg) WHERE m.markup > f.fence
)
SELECT detector_id, 'fee_list_d', g.bkkp_sn, to_cent(g.net_inscp::DOUBLE * ((d.markup - d.usual) / d.markup))
FROM goods g JOIN dear d USING (detector_id, fixmedins_code, med_list_codg, fee_date, pric);
