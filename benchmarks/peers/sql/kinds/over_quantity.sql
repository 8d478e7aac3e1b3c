-- Far more packages in one sale, or pieces in one stay, than hardly anybody gets.
INSERT INTO found
WITH sold AS (
  SELECT c.detector_id, c.p, l.bkkp_sn, l.fixmedins_code, l.psn_no, l.med_list_codg, l.net_cnt, l.net_inscp, l.prd_days,
         CASE WHEN c.p->>'where' = 'pharmacy' THEN l.fee_date::VARCHAR ELSE l.mdtrt_id END AS sale
  FROM line l JOIN card c ON c.kind = 'over_quantity' AND list_contains(c.domains, l.domain)
   AND CASE WHEN c.p->>'where' = 'pharmacy' THEN coalesce(l.fixmedins_type = '2', false) ELSE l.inpatient END
  WHERE l.med_list_codg IS NOT NULL
),
sale AS (
  SELECT detector_id, any_value(p) AS p, fixmedins_code, psn_no, med_list_codg, sale,
         sum(net_cnt)::DOUBLE AS packages, sum(prd_days)::DOUBLE AS days
  FROM sold GROUP BY detector_id, fixmedins_code, psn_no, med_list_codg, sale
),
size_of AS (
  SELECT detector_id, any_value(p) AS p, med_list_codg, packages, count(*) AS n FROM sale
  GROUP BY detector_id, med_list_codg, packages
),
usual AS (
  SELECT detector_id, med_list_codg, min(packages) AS usual FROM (
    SELECT *, sum(n) OVER (PARTITION BY detector_id, med_list_codg ORDER BY packages ROWS UNBOUNDED PRECEDING)
      / sum(n) OVER (PARTITION BY detector_id, med_list_codg) AS share FROM size_of
  ) WHERE share >= (p->>'usual_share')::DOUBLE GROUP BY detector_id, med_list_codg
),
many AS (
  SELECT detector_id, med_list_codg, sum(days) / count(days) AS usual_days FROM sale
  GROUP BY detector_id, med_list_codg
  HAVING count(*) >= max((p->>'min_sales')::INTEGER)
     AND count(DISTINCT fixmedins_code) >= max((p->>'min_houses')::INTEGER)
),
large AS (
  SELECT s.*, u.usual FROM sale s JOIN usual u USING (detector_id, med_list_codg)
  JOIN many m USING (detector_id, med_list_codg)
  WHERE s.packages >= u.usual * (s.p->>'times')::DOUBLE
    AND NOT coalesce(m.usual_days >= (s.p->>'chronic_days')::DOUBLE AND s.days <= (s.p->>'long_days')::DOUBLE, false)
)
SELECT detector_id, 'fee_list_d', l.bkkp_sn, share_of(l.net_inscp, g.packages - g.usual, g.packages)
FROM sold l JOIN large g USING (detector_id, fixmedins_code, psn_no, med_list_codg, sale);
