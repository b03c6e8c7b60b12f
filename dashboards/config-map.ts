/** A dashboard as a ConfigMap that Grafana's sidecar loads; `json` is its file's text. */
export const configMap = (uid: string, json: string): string =>
  `apiVersion: v1
kind: ConfigMap
metadata:
  name: ${uid}
  labels:
    grafana_dashboard: "1"
  annotations:
    grafana_folder: Faultlayer
data:
  ${uid}.json: |
${json.trimEnd().replace(/^/gm, '    ')}
`;
