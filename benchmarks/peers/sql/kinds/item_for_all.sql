-- One item ordered for nearly everybody: visits with it against those the same diagnoses get elsewhere.
CREATE OR REPLACE TEMP TABLE placed AS
SELECT l.bkkp_sn, l.fixmedins_code, l.mdtrt_id, l.med_list_codg, l.domain, l.net_inscp, l.inpatient,
       strftime(l.fee_date, '%Y-%m') AS in_month, coalesce(left(l.main_diag, 3), '') AS diag,
       CASE WHEN h.lv BETWEEN 1 AND 4 OR h.lv = 12 THEN 'tertiary' WHEN h.lv BETWEEN 5 AND 7 OR h.lv = 13 THEN 'secondary'
            WHEN h.lv BETWEEN 8 AND 10 OR h.lv = 14 THEN 'primary' ELSE 'ungraded' END
         || CASE WHEN l.inpatient THEN '|inpatient' ELSE '|outpatient' END AS grp
FROM line l
JOIN (SELECT fixmedins_code, coalesce(TRY_CAST(trim(hosp_lv) AS INTEGER), 0) AS lv FROM institution
      WHERE fixmedins_type <> '2') h USING (fixmedins_code);

CREATE OR REPLACE TEMP TABLE house_diag AS
SELECT fixmedins_code, grp, diag, count(DISTINCT mdtrt_id) AS n FROM placed GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE ordered AS
SELECT detector_id, fixmedins_code, grp, med_list_codg, diag, in_month, count(*) AS v FROM (
  SELECT c.detector_id, l.fixmedins_code, l.grp, l.med_list_codg, l.diag, l.mdtrt_id, min(l.in_month) AS in_month
  FROM placed l JOIN card c ON c.kind = 'item_for_all' AND list_contains(c.domains, l.domain)
   AND (c.p->>'scene' = 'any' OR (c.p->>'scene' = 'inpatient') = l.inpatient)
  WHERE l.med_list_codg IS NOT NULL GROUP BY ALL
) GROUP BY ALL;

INSERT INTO found
WITH totals AS (SELECT fixmedins_code, grp, sum(n) AS every FROM house_diag GROUP BY ALL),
shares AS (
  SELECT o.detector_id, c.p, o.fixmedins_code, o.grp, o.med_list_codg, o.own, t.every, o.own / t.every AS raw
  FROM (SELECT detector_id, fixmedins_code, grp, med_list_codg, sum(v) AS own FROM ordered GROUP BY ALL) o
  JOIN totals t USING (fixmedins_code, grp) JOIN card c USING (detector_id)
),
top AS (
  SELECT detector_id, grp, med_list_codg,
         coalesce(list(raw ORDER BY raw DESC)[(floor(count(*) * 0.1)::INTEGER + 2)], 0) AS top
  FROM shares WHERE every >= (p->>'min_visits')::DOUBLE GROUP BY detector_id, grp, med_list_codg
  HAVING count(*) > max((p->>'min_houses')::DOUBLE)
),
months AS (SELECT detector_id, count(DISTINCT in_month) AS months FROM ordered GROUP BY ALL),
monthly AS (
  SELECT detector_id, fixmedins_code, grp, med_list_codg, in_month, sum(v) AS v FROM ordered GROUP BY ALL
),
lasting AS (
  SELECT detector_id, fixmedins_code, grp, med_list_codg, count(*) AS busy, any_value(months) AS months FROM (
    SELECT *, sum(v) OVER (PARTITION BY detector_id, fixmedins_code, grp, med_list_codg) AS whole
    FROM monthly JOIN months USING (detector_id)
  ) WHERE v * months * 3 >= whole GROUP BY ALL
),
chosen AS (
  SELECT s.* FROM shares s JOIN top t USING (detector_id, grp, med_list_codg)
  JOIN lasting n USING (detector_id, fixmedins_code, grp, med_list_codg)
  WHERE s.own >= (p->>'min_visits')::DOUBLE AND s.raw >= (p->>'min_share')::DOUBLE
    AND s.raw >= (p->>'times_top')::DOUBLE * t.top AND n.busy >= (p->>'min_lasting')::DOUBLE * n.months
),
here AS (
  SELECT detector_id, fixmedins_code, grp, med_list_codg, diag, sum(v) AS v FROM ordered GROUP BY ALL
),
area AS (SELECT detector_id, grp, diag, med_list_codg, sum(v) AS v FROM here GROUP BY ALL),
cells AS (
  SELECT o.detector_id, o.grp, h.diag, o.med_list_codg, sum(h.n) AS n
  FROM (SELECT DISTINCT detector_id, fixmedins_code, grp, med_list_codg FROM here) o
  SEMI JOIN chosen k ON k.detector_id = o.detector_id AND k.grp = o.grp AND k.med_list_codg = o.med_list_codg
  JOIN house_diag h ON h.fixmedins_code = o.fixmedins_code AND h.grp = o.grp GROUP BY ALL
),
judged AS (
  SELECT k.detector_id, any_value(k.p) AS p, k.fixmedins_code, k.grp, k.med_list_codg, any_value(k.every) AS every,
         sum(coalesce(h.v, 0))::DOUBLE AS observed, sum(d.n)::DOUBLE AS compared,
         sum(d.n * (coalesce(a.v, 0) - coalesce(h.v, 0)) / (c.n - d.n))::DOUBLE AS expected
  FROM chosen k
  JOIN house_diag d ON d.fixmedins_code = k.fixmedins_code AND d.grp = k.grp
  JOIN cells c ON c.detector_id = k.detector_id AND c.grp = k.grp AND c.diag = d.diag
   AND c.med_list_codg = k.med_list_codg
  LEFT JOIN here h ON h.detector_id = k.detector_id AND h.fixmedins_code = k.fixmedins_code AND h.grp = k.grp
   AND h.med_list_codg = k.med_list_codg AND h.diag = d.diag
  LEFT JOIN area a ON a.detector_id = k.detector_id AND a.grp = k.grp AND a.med_list_codg = k.med_list_codg
   AND a.diag = d.diag
  WHERE c.n - d.n >= (k.p->>'min_elsewhere')::DOUBLE
  GROUP BY k.detector_id, k.fixmedins_code, k.grp, k.med_list_codg
),
habit AS (
  SELECT *, greatest(1 - expected / observed, 0) AS part FROM judged
  WHERE observed >= (p->>'times')::DOUBLE * greatest(expected, 1)
    AND compared >= (p->>'min_compared')::DOUBLE * every AND observed >= (p->>'min_visits')::DOUBLE
)
SELECT h.detector_id, 'fee_list_d', l.bkkp_sn, round(l.net_inscp::DOUBLE * h.part, 2)
FROM placed l JOIN habit h USING (fixmedins_code, grp, med_list_codg)
JOIN card c USING (detector_id) WHERE list_contains(c.domains, l.domain);
