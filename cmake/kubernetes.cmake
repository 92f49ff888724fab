# The rules of health, embedded in the kubernetes room.
embed(cadastre_kubernetes cadastre_kubernetes_health ${PROJECT_SOURCE_DIR}/catalog/kubernetes-health.yaml)
