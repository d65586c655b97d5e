{{/* The reference of an image of Kubernaut's own. Takes a dict with root and image. */}}
{{- define "kubernaut.image" -}}
{{- $image := .root.Values.global.image -}}
{{- $path := .image -}}
{{- if $image.namespace -}}
{{- $path = printf "%s%s%s" $image.namespace $image.separator .image -}}
{{- end -}}
{{- if $image.digest -}}
{{- printf "%s/%s@%s" $image.registry $path $image.digest -}}
{{- else -}}
{{- printf "%s/%s:%s" $image.registry $path (default .root.Chart.AppVersion $image.tag) -}}
{{- end -}}
{{- end }}

{{- define "kubernaut.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: kubernaut
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{- end }}

{{- define "kubernaut.postgresqlSecret" -}}
{{- default "postgresql-secret" .Values.postgresql.auth.existingSecret -}}
{{- end }}

{{- define "kubernaut.valkeySecret" -}}
{{- default "valkey-secret" .Values.valkey.existingSecret -}}
{{- end }}

{{- define "kubernaut.hookAccount" -}}
{{- .Release.Name }}-hook-sa
{{- end }}

{{/* What every pod has: where it may run and how it pulls. */}}
{{- define "kubernaut.podSettings" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.global.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.global.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
{{- end }}

{{/*
A service of Kubernaut: account, configuration, Deployment and Service. Takes a dict with root,
name, image, key (of its values), service, port, healthPort, live, ready; and, where it has any,
annotations, initContainers, volumes and mounts.
*/}}
{{- define "kubernaut.service" -}}
{{- $values := index .root.Values .key -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "kubernaut.labels" .root | nindent 4 }}
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .name }}-config
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "kubernaut.labels" .root | nindent 4 }}
data:
  config.yaml: |
    service: {{ .name }}
    {{- with .config }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    app: {{ .name }}
    {{- include "kubernaut.labels" .root | nindent 4 }}
spec:
  replicas: {{ $values.replicas }}
  selector:
    matchLabels:
      app: {{ .name }}
  template:
    metadata:
      labels:
        app: {{ .name }}
      {{- with .annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ .name }}
      {{- include "kubernaut.podSettings" .root | nindent 6 }}
      {{- with .initContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .image }}
          image: {{ include "kubernaut.image" . | quote }}
          imagePullPolicy: {{ .root.Values.global.image.pullPolicy }}
          ports:
            - name: http
              containerPort: {{ .port }}
            {{- if ne .port .healthPort }}
            - name: health
              containerPort: {{ .healthPort }}
            {{- end }}
          livenessProbe:
            httpGet:
              path: {{ .live }}
              port: {{ .healthPort }}
          readinessProbe:
            httpGet:
              path: {{ .ready }}
              port: {{ .healthPort }}
          {{- with $values.resources }}
          resources:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          volumeMounts:
            - name: config
              mountPath: /etc/kubernaut
              readOnly: true
            {{- with .mounts }}
            {{- toYaml . | nindent 12 }}
            {{- end }}
      volumes:
        - name: config
          configMap:
            name: {{ .name }}-config
        {{- with .volumes }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .service }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    app: {{ .name }}
    {{- include "kubernaut.labels" .root | nindent 4 }}
spec:
  type: ClusterIP
  selector:
    app: {{ .name }}
  ports:
    - name: http
      port: {{ .port }}
      targetPort: {{ .port }}
    {{- if ne .port .healthPort }}
    - name: health
      port: {{ .healthPort }}
      targetPort: {{ .healthPort }}
    {{- end }}
{{- end }}

{{/*
A Job that runs as a hook. Takes a dict with root, name, events, weight, image and script; and,
where it has any, annotations (of its pod), initContainers, env, volumes and mounts.
*/}}
{{- define "kubernaut.hookJob" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .root.Release.Name }}-{{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "kubernaut.labels" .root | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .events }}
    helm.sh/hook-weight: {{ .weight | quote }}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
spec:
  backoffLimit: 3
  ttlSecondsAfterFinished: 300
  template:
    metadata:
      labels:
        app: {{ .name }}
      {{- with .annotations }}
      annotations:
        {{- toYaml . | nindent 8 }}
      {{- end }}
    spec:
      serviceAccountName: {{ include "kubernaut.hookAccount" .root }}
      restartPolicy: Never
      {{- include "kubernaut.podSettings" .root | nindent 6 }}
      {{- with .initContainers }}
      initContainers:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .name }}
          image: {{ .image | quote }}
          imagePullPolicy: {{ .root.Values.global.image.pullPolicy }}
          command: ["/bin/sh", "-c", {{ .script | quote }}]
          {{- with .env }}
          env:
            {{- toYaml . | nindent 12 }}
          {{- end }}
          {{- with .mounts }}
          volumeMounts:
            {{- toYaml . | nindent 12 }}
          {{- end }}
      {{- with .volumes }}
      volumes:
        {{- toYaml . | nindent 8 }}
      {{- end }}
{{- end }}
