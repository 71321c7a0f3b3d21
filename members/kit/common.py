"""Words that half of all warnings have in them: a product is not known by one of these alone."""

from __future__ import annotations

_COMMON = """
a about access account active administrator advisory after agent alert all an analytics and android any api app
application applications apps are as at attack authentication author available azure backup base basic be before box
bridge browser build business by call can catalog center central centre chat chrome client cloud code command common
community computer configuration connect connector console content control core council critical customer cyber data
database day defender desktop device devices digital directory do document drive edge email engine enterprise
essentials exchange explorer express file files finance firewall firmware flow for form forms free from gateway
global group guard hardware has have health help high home host hub identity if in information insight install
internet intranet is issue it kernel key know layer learn library light line link linux live log low mac mail manage
management manager map may media member message messenger mobile module monitor my net network new news next no not
note notes now of office on one online open operations or os other our out package paint panel patch payment people
phone photos plan platform player plugin plus portal post power print printer pro process product products
professional project protect protocol public publisher query reader record release remote report reporter resource
response risk router safe scan search secure security server service services session share shared shell shield
signal site smart social software source spark sql stack standard standards start station storage store studio suite
support switch sync system systems table team teams terminal test text the this threat time to token tool tools
tracker update updates use user users vendor version versions video view virtual vision visual vulnerability wallet
warning was wave we web website will windows wireless with word words work workflow workplace workspace you your
zone zoom
"""
COMMON = frozenset(_COMMON.split())
# Alone they are as good as everything; beside a product's name they tell it from others.
MAKERS = frozenset({"apple", "cisco", "google", "ibm", "intel", "microsoft", "oracle", "sap"})
