-- Cards of several persons swiped one after the other at one pharmacy, for the same goods or the same sum.
CREATE OR REPLACE TEMP TABLE purchase AS
SELECT fixmedins_code, mdtrt_id, psn_no, fee_date, min(fee_ocur_time) AS moment, count(DISTINCT med_list_codg) AS items,
       hash(list(hash(coalesce(med_list_codg, hilist_name), net_cnt) ORDER BY coalesce(med_list_codg, hilist_name), net_cnt))
         AS basket, sum(net_inscp) AS total
FROM line WHERE fixmedins_type = '2' GROUP BY fixmedins_code, mdtrt_id, psn_no, fee_date;

CREATE OR REPLACE TEMP TABLE alike AS
SELECT c.detector_id, c.p, x.* EXCLUDE (basket, total), basket::VARCHAR AS likeness
FROM purchase x JOIN card c ON c.kind = 'swiping_cluster'
WHERE c.p->>'mode' = 'same_persons' OR x.items >= (c.p->>'min_items')::INTEGER
UNION ALL
SELECT c.detector_id, c.p, x.* EXCLUDE (basket, total), '=' || total
FROM purchase x JOIN card c ON c.kind = 'swiping_cluster' AND c.p->>'mode' = 'same_persons';

CREATE OR REPLACE TEMP TABLE run_member AS
WITH often AS (
  SELECT detector_id, fixmedins_code, fee_date, likeness FROM alike GROUP BY ALL
  HAVING count(*) >= max((p->>'persons')::INTEGER)
),
stepped AS (
  SELECT a.*, CASE WHEN epoch(moment) - epoch(lag(moment) OVER alike_in_time) <= (p->>'gap_minutes')::INTEGER * 60
                   THEN 0 ELSE 1 END AS starts
  FROM alike a SEMI JOIN often USING (detector_id, fixmedins_code, fee_date, likeness)
  WINDOW alike_in_time AS (PARTITION BY detector_id, fixmedins_code, fee_date, likeness ORDER BY moment, mdtrt_id)
),
numbered AS (
  SELECT *, sum(starts) OVER (PARTITION BY detector_id, fixmedins_code, fee_date, likeness ORDER BY moment, mdtrt_id
                              ROWS UNBOUNDED PRECEDING) AS run
  FROM stepped
),
sizes AS (
  SELECT detector_id, fixmedins_code, fee_date, likeness, run FROM numbered GROUP BY ALL
  HAVING count(DISTINCT psn_no) BETWEEN max((p->>'persons')::INTEGER) AND max((p->>'max_run')::INTEGER)
)
SELECT * FROM numbered SEMI JOIN sizes USING (detector_id, fixmedins_code, fee_date, likeness, run);

INSERT INTO found
WITH once AS (
  SELECT DISTINCT detector_id, p, fixmedins_code, fee_date, likeness, run, psn_no FROM run_member
  WHERE p->>'mode' = 'same_persons'
),
met AS (
  SELECT a.detector_id, any_value(a.p) AS p, a.fixmedins_code, a.psn_no, b.psn_no AS other
  FROM once a JOIN once b USING (detector_id, fixmedins_code, fee_date, likeness, run) WHERE a.psn_no <> b.psn_no
  GROUP BY a.detector_id, a.fixmedins_code, a.psn_no, b.psn_no
  HAVING count(DISTINCT fee_date) >= max((a.p->>'min_days')::INTEGER)
),
regular AS (
  SELECT detector_id, fixmedins_code, psn_no FROM met GROUP BY ALL
  HAVING count(*) >= max((p->>'persons')::INTEGER) - 1
),
core AS (SELECT m.* FROM run_member m SEMI JOIN regular USING (detector_id, fixmedins_code, psn_no)
         WHERE m.p->>'mode' = 'same_persons'),
company AS (
  SELECT detector_id, fixmedins_code, fee_date, likeness, run FROM core GROUP BY ALL
  HAVING count(DISTINCT psn_no) >= max((p->>'persons')::INTEGER)
),
odd AS (
  SELECT m.detector_id, m.fixmedins_code, m.likeness
  FROM (SELECT detector_id, any_value(p) AS p, fixmedins_code, likeness, count(*) AS in_runs,
               count(DISTINCT fee_date) AS days FROM run_member WHERE p->>'mode' = 'same_basket'
        GROUP BY detector_id, fixmedins_code, likeness) m
  JOIN (SELECT detector_id, fixmedins_code, likeness, count(*) AS bought FROM alike GROUP BY ALL)
    USING (detector_id, fixmedins_code, likeness)
  JOIN (SELECT detector_id, likeness, count(DISTINCT fixmedins_code) AS shops FROM alike GROUP BY ALL)
    USING (detector_id, likeness)
  WHERE days >= (m.p->>'min_days')::INTEGER AND in_runs / bought >= (m.p->>'min_share')::DOUBLE
    AND shops <= (m.p->>'max_shops')::INTEGER
),
chosen AS (
  SELECT detector_id, fixmedins_code, mdtrt_id FROM core
  SEMI JOIN company USING (detector_id, fixmedins_code, fee_date, likeness, run)
  UNION
  SELECT detector_id, fixmedins_code, mdtrt_id FROM run_member
  SEMI JOIN odd USING (detector_id, fixmedins_code, likeness) WHERE p->>'mode' = 'same_basket'
)
SELECT c.detector_id, 'fee_list_d', l.bkkp_sn, l.net_inscp FROM line l JOIN chosen c USING (fixmedins_code, mdtrt_id);
