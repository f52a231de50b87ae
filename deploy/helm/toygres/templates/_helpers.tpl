{{- define "toygres.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}
{{- end -}}
{{- end -}}

{{- /* Without a registry in its name an image must be on the nodes: it is never pulled from one that somebody else has chosen. */ -}}
{{- define "toygres.pullPolicy" -}}
{{- if regexMatch "^([^/]*[.:][^/]*|localhost)/" .Values.image.repository -}}
IfNotPresent
{{- else -}}
Never
{{- end -}}
{{- end -}}
