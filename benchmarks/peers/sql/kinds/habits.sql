-- One item, or one bundle of items, ordered for nearly everybody: visits with it against those that patients of the
-- same diagnoses get at other houses of the level that offer it.
CREATE OR REPLACE TEMP TABLE placed AS
SELECT l.bkkp_sn, l.fixmedins_code, l.mdtrt_id, l.med_type, l.med_list_codg, l.domain, l.net_inscp, l.inpatient,
       date_trunc('month', l.fee_date) AS in_month, coalesce(left(l.main_diag, 3), '') AS diag,
       h.level || CASE WHEN l.inpatient THEN '|inpatient' ELSE '|outpatient' END AS grp
FROM line l JOIN house_level h USING (fixmedins_code);

CREATE OR REPLACE TEMP TABLE house_diag AS
SELECT '' AS among, fixmedins_code, grp, diag, count(DISTINCT mdtrt_id) AS n FROM placed GROUP BY ALL
UNION ALL
SELECT a.among, l.fixmedins_code, l.grp, l.diag, count(DISTINCT l.mdtrt_id)
FROM placed l JOIN (SELECT DISTINCT p->>'among' AS among, (p->'among')::VARCHAR[] AS domains FROM card
                    WHERE kind IN ('item_for_all', 'package_for_all') AND (p->'among') IS NOT NULL) a
  ON list_contains(a.domains, l.domain) GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE house_all AS
SELECT among, fixmedins_code, grp, sum(n) AS every FROM house_diag GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE habit_line AS
SELECT c.detector_id, c.kind, l.* FROM placed l
JOIN card c ON c.kind IN ('item_for_all', 'package_for_all') AND list_contains(c.domains, l.domain)
 AND ((c.p->>'scene') = 'any' OR ((c.p->>'scene') = 'inpatient') = l.inpatient)
 AND NOT fits(c.skip_types, l.med_type)
WHERE l.med_list_codg IS NOT NULL;

CREATE OR REPLACE TEMP TABLE ordered AS
SELECT detector_id, kind, fixmedins_code, grp, med_list_codg, diag, in_month, count(*) AS v FROM (
  SELECT detector_id, kind, fixmedins_code, grp, med_list_codg, diag, mdtrt_id, min(in_month) AS in_month
  FROM habit_line GROUP BY ALL
) GROUP BY ALL;

CREATE OR REPLACE TEMP TABLE offered AS
SELECT o.*, coalesce(c.p->>'among', '') AS among, c.p, t.every, o.own / t.every AS raw
FROM (SELECT detector_id, kind, fixmedins_code, grp, med_list_codg, sum(v) AS own FROM ordered GROUP BY ALL) o
JOIN card c USING (detector_id)
JOIN house_all t ON t.among = coalesce(c.p->>'among', '') AND t.fixmedins_code = o.fixmedins_code AND t.grp = o.grp;

CREATE OR REPLACE TEMP TABLE chosen AS
WITH top AS (
  SELECT detector_id, grp, med_list_codg,
         coalesce(list(raw ORDER BY raw DESC)[(floor(count(*) * 0.1)::INTEGER + 2)], 0) AS top
  FROM offered WHERE kind = 'item_for_all' AND every >= (p->>'min_visits')::DOUBLE GROUP BY ALL
  HAVING count(*) > max((p->>'min_houses')::DOUBLE)
),
houses AS (
  SELECT detector_id, grp, med_list_codg, count(*) AS houses, sum(own) AS area, sum(every) AS seen
  FROM offered WHERE kind = 'package_for_all' GROUP BY ALL
),
months AS (SELECT detector_id, count(DISTINCT in_month) AS months FROM ordered GROUP BY ALL),
lasting AS (
  SELECT detector_id, fixmedins_code, grp, med_list_codg, count(*) AS busy, any_value(months) AS months FROM (
    SELECT *, sum(v) OVER (PARTITION BY detector_id, fixmedins_code, grp, med_list_codg) AS whole
    FROM (SELECT detector_id, fixmedins_code, grp, med_list_codg, in_month, sum(v) AS v FROM ordered GROUP BY ALL)
    JOIN months USING (detector_id)
  ) WHERE v * months * 3 >= whole GROUP BY detector_id, fixmedins_code, grp, med_list_codg
),
often AS (
  SELECT s.* FROM offered s JOIN top t USING (detector_id, grp, med_list_codg)
  WHERE s.own >= (p->>'min_visits')::DOUBLE AND s.raw >= (p->>'times_top')::DOUBLE * t.top
    AND s.raw >= least((p->>'min_share')::DOUBLE, coalesce((p->>'rare_share')::DOUBLE, 1))
  UNION ALL
  SELECT s.* FROM offered s JOIN houses h USING (detector_id, grp, med_list_codg)
  WHERE s.own >= (p->>'min_visits')::DOUBLE AND s.own >= (p->>'min_share')::DOUBLE * s.every
    AND h.houses > (p->>'min_houses')::DOUBLE AND s.own > s.every * ((h.area - s.own) / greatest(h.seen - s.every, 1))
)
SELECT o.* FROM often o JOIN lasting n USING (detector_id, fixmedins_code, grp, med_list_codg)
WHERE n.busy >= (p->>'min_lasting')::DOUBLE * n.months;

CREATE OR REPLACE TEMP TABLE judged AS
WITH here AS (
  SELECT detector_id, fixmedins_code, grp, med_list_codg, diag, sum(v) AS v FROM ordered
  SEMI JOIN chosen USING (detector_id, grp, med_list_codg) GROUP BY ALL
),
area AS (SELECT detector_id, grp, diag, med_list_codg, sum(v) AS v FROM here GROUP BY ALL),
cells AS (
  SELECT o.detector_id, o.grp, h.diag, o.med_list_codg, sum(h.n) AS n
  FROM (SELECT o.detector_id, o.among, o.fixmedins_code, o.grp, o.med_list_codg FROM offered o
        SEMI JOIN chosen USING (detector_id, grp, med_list_codg)) o
  JOIN house_diag h USING (among, fixmedins_code, grp) GROUP BY ALL
)
SELECT k.detector_id, any_value(k.kind) AS kind, any_value(k.p) AS p, k.fixmedins_code, k.grp, k.med_list_codg,
       any_value(k.every) AS every, sum(coalesce(h.v, 0))::DOUBLE AS observed, sum(d.n)::DOUBLE AS compared,
       sum(d.n * (coalesce(a.v, 0) - coalesce(h.v, 0)) / (c.n - d.n))::DOUBLE AS expected
FROM chosen k
JOIN house_diag d USING (among, fixmedins_code, grp)
JOIN cells c ON c.detector_id = k.detector_id AND c.grp = k.grp AND c.diag = d.diag
 AND c.med_list_codg = k.med_list_codg
LEFT JOIN here h ON h.detector_id = k.detector_id AND h.fixmedins_code = k.fixmedins_code AND h.grp = k.grp
 AND h.med_list_codg = k.med_list_codg AND h.diag = d.diag
LEFT JOIN area a ON a.detector_id = k.detector_id AND a.grp = k.grp AND a.med_list_codg = k.med_list_codg
 AND a.diag = d.diag
WHERE c.n - d.n >= (k.p->>'min_elsewhere')::DOUBLE
GROUP BY k.detector_id, k.fixmedins_code, k.grp, k.med_list_codg;

INSERT INTO found
WITH habit AS (
  SELECT *, greatest(1 - expected / observed, 0) AS part FROM judged
  WHERE kind = 'item_for_all' AND compared >= (p->>'min_compared')::DOUBLE * every
    AND observed >= (p->>'min_visits')::DOUBLE
    AND observed >= greatest(expected, 1) * CASE WHEN observed >= (p->>'min_share')::DOUBLE * compared
      THEN (p->>'times')::DOUBLE ELSE coalesce((p->>'rare_times')::DOUBLE, (p->>'times')::DOUBLE) END
)
SELECT detector_id, 'fee_list_d', l.bkkp_sn, to_cent(l.net_inscp::DOUBLE * h.part)
FROM habit_line l JOIN habit h USING (detector_id, fixmedins_code, grp, med_list_codg);

-- Bundles: several items of several chapters raised at one house, met in one visit, and dear.
CREATE OR REPLACE TEMP TABLE raised AS
WITH far AS (
  SELECT * FROM judged WHERE kind = 'package_for_all' AND compared >= (p->>'min_compared')::DOUBLE * every
    AND observed >= (p->>'times')::DOUBLE * greatest(expected, 1)
)
SELECT * FROM far SEMI JOIN (
  SELECT detector_id, fixmedins_code, grp FROM far GROUP BY ALL
  HAVING count(DISTINCT med_list_codg) >= max((p->>'min_items')::INTEGER)
     AND count(DISTINCT med_list_codg[3:8]) >= max((p->>'min_families')::INTEGER)
) USING (detector_id, fixmedins_code, grp);

CREATE OR REPLACE TEMP TABLE bundled AS
SELECT DISTINCT detector_id, any_value(r.p) AS p, fixmedins_code, grp, l.diag, l.mdtrt_id, med_list_codg,
       any_value(r.every) AS every
FROM habit_line l JOIN raised r USING (detector_id, fixmedins_code, grp, med_list_codg)
GROUP BY detector_id, fixmedins_code, grp, l.diag, l.mdtrt_id, med_list_codg;

CREATE OR REPLACE TEMP TABLE bundle AS
WITH full_visit AS (
  SELECT detector_id, fixmedins_code, grp, diag, mdtrt_id FROM bundled GROUP BY ALL
  HAVING count(*) >= max((p->>'min_items')::INTEGER)
     AND count(DISTINCT med_list_codg[3:8]) >= max((p->>'min_families')::INTEGER)
),
together AS (
  SELECT b.detector_id, b.fixmedins_code, b.grp, b.med_list_codg FROM bundled b
  LEFT JOIN full_visit f USING (detector_id, fixmedins_code, grp, diag, mdtrt_id)
  GROUP BY ALL HAVING count(f.mdtrt_id) >= max((b.p->>'together')::DOUBLE) * count(*) AND count(f.mdtrt_id) > 0
),
kept AS (
  SELECT b.* FROM bundled b SEMI JOIN full_visit USING (detector_id, fixmedins_code, grp, diag, mdtrt_id)
  SEMI JOIN together t ON t.detector_id = b.detector_id AND t.fixmedins_code = b.fixmedins_code AND t.grp = b.grp
   AND t.med_list_codg = b.med_list_codg
)
SELECT * FROM kept SEMI JOIN (
  SELECT detector_id, fixmedins_code, grp, diag, mdtrt_id FROM kept GROUP BY ALL
  HAVING count(*) >= max((p->>'min_items')::INTEGER)
     AND count(DISTINCT med_list_codg[3:8]) >= max((p->>'min_families')::INTEGER)
) USING (detector_id, fixmedins_code, grp, diag, mdtrt_id);

INSERT INTO found
WITH spent AS (
  SELECT l.detector_id, l.fixmedins_code, l.grp, l.diag, l.mdtrt_id, sum(l.net_inscp)::DOUBLE AS spent
  FROM habit_line l SEMI JOIN bundle b ON b.detector_id = l.detector_id AND b.grp = l.grp AND b.diag = l.diag
  GROUP BY ALL
),
here AS (
  SELECT detector_id, fixmedins_code, grp, diag, sum(spent) AS own, count(*) AS n FROM spent GROUP BY ALL
),
area AS (SELECT detector_id, grp, diag, sum(own) AS own, sum(n) AS n FROM here GROUP BY ALL),
dear AS (
  SELECT a.detector_id, a.fixmedins_code, a.grp FROM (
    SELECT detector_id, fixmedins_code, grp, diag, sum(spent) AS paid, count(*) AS n FROM spent
    SEMI JOIN bundle USING (detector_id, fixmedins_code, grp, diag, mdtrt_id) GROUP BY ALL
  ) a
  JOIN here h USING (detector_id, fixmedins_code, grp, diag) JOIN area e USING (detector_id, grp, diag)
  JOIN card c USING (detector_id)
  WHERE e.n > h.n GROUP BY ALL
  HAVING sum(a.paid) >= max((c.p->>'times_money')::DOUBLE) * sum(a.n * ((e.own - h.own) / (e.n - h.n)))
),
often AS (
  SELECT detector_id, fixmedins_code, grp FROM bundle GROUP BY ALL
  HAVING count(DISTINCT mdtrt_id) >= max((p->>'min_visits')::DOUBLE)
)
SELECT detector_id, 'fee_list_d', l.bkkp_sn,
       to_cent(l.net_inscp::DOUBLE * greatest(1 - r.expected / r.observed, 0))
FROM habit_line l JOIN raised r USING (detector_id, fixmedins_code, grp, med_list_codg)
SEMI JOIN dear USING (detector_id, fixmedins_code, grp)
SEMI JOIN often USING (detector_id, fixmedins_code, grp)
SEMI JOIN bundle USING (detector_id, fixmedins_code, grp, diag, mdtrt_id, med_list_codg);
