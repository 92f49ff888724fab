"""Which applications there are, and what is wrong with which."""

DEPS = {
    "shop": ["web", "cart", "catalog", "checkout", "pricing", "inventory", "recommendations", "reviews", "wishlist", "promo"],
    "payments": ["gateway", "ledger", "fraud", "refunds", "invoicing", "wallet", "settlement", "risk"],
    "search": ["query", "indexer", "suggest", "ranker", "crawler", "synonyms", "facets"],
    "accounts": ["auth", "profile", "sessions", "mfa", "notifications", "preferences", "audit", "oauth"],
    "analytics": ["collector", "enricher", "sessionizer", "reports", "dashboards", "exporter"],
    "media": ["transcoder", "thumbnailer", "uploader", "cdn-purger", "images", "subtitles"],
    "batch": ["scheduler", "worker", "mailer", "importer", "webhooks"],
}

APPNS = list(DEPS)

# first nbad pods of that deployment get that state
SCEN = {
    ("shop", "cart"): ("crashloop", 3),
    ("shop", "recommendations"): ("oom_recent", 3),
    ("shop", "promo"): ("imagepull", 2),
    ("payments", "fraud"): ("crashloop_oom", 2),
    ("payments", "settlement"): ("configerror", 9),
    ("search", "crawler"): ("unschedulable", 4),
    ("search", "ranker"): ("unready", 2),
    ("accounts", "mfa"): ("initcrash", 2),
    ("accounts", "audit"): ("terminating", 2),
    ("analytics", "enricher"): ("evicted", 5),
    ("analytics", "exporter"): ("errimagepull", 1),
    ("media", "transcoder"): ("unschedulable", 3),
    ("media", "uploader"): ("creating", 1),
    ("batch", "worker"): ("crashloop", 2),
    ("batch", "importer"): ("imagepull", 9),
    ("media", "images"): ("oom_recent", 2),
}
