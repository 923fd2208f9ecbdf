/** What an instance does when it starts, as text: cloud-init runs it once, as root. */

export interface Boot {
  readonly region: string;
  /** What the service is told. No secrets: whoever may describe the instance reads it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly bundle: { readonly bucket: string; readonly key: string; readonly sha256: string };
  readonly logGroup: string;
}

/** Seconds from SIGTERM to the end. The service drains in 25 (service/drain.ts). */
const STOP_SECONDS = 30;
const USER = "trade-service";
const FOLDER = "/opt/trade-service";
const LOG = "/var/log/trade-service/service.log";
const AGENT = "/opt/aws/amazon-cloudwatch-agent";

/** As systemd reads an environment file: in double quotes, with C's escapes. */
function environmentFile(environment: Boot["environment"]): string {
  return Object.entries(environment)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => {
      if (/[\r\n]/.test(value)) throw new Error(`environment variable ${name} of the instances has more than one line`);
      // What no provider computed (a program run against mocks) is written as what it is, and no reason to end.
      return `${name}="${String(value).replace(/[\\"]/g, "\\$&")}"`;
    })
    .join("\n");
}

/**
 * Its own user, which may write nowhere and become nobody else. Code that is made at run time can't be forbidden (MemoryDenyWriteExecute): that is how
 * V8 works. The log is opened before the user is.
 */
const UNIT = `[Unit]
Description=Trade service
Wants=network-online.target
After=network-online.target
StartLimitIntervalSec=0

[Service]
User=${USER}
Group=${USER}
EnvironmentFile=/etc/trade-service/environment
WorkingDirectory=${FOLDER}
ExecStart=/usr/bin/node-22 ${FOLDER}/index.mjs
Restart=always
RestartSec=2
TimeoutStopSec=${STOP_SECONDS}
StandardOutput=append:${LOG}
StandardError=append:${LOG}
LimitNOFILE=65536
UMask=0077
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateDevices=yes
PrivateTmp=yes
RemoveIPC=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target`;

/** By the hour, and by copying: the service keeps its file open. What the agent has not sent by then is in the copy, which it still follows. */
const ROTATION = `${LOG} {
  size 50M
  rotate 4
  copytruncate
  missingok
  notifempty
}`;

const BY_THE_HOUR = `[Timer]
OnCalendar=
OnCalendar=hourly
RandomizedDelaySec=0`;

/** Lines of the log are JSON, metrics among them: CloudWatch takes these out by their form. */
const agent = (logGroup: string): string =>
  JSON.stringify({
    agent: { run_as_user: "root", metrics_collection_interval: 60 },
    logs: {
      logs_collected: { files: { collect_list: [{ file_path: LOG, log_group_name: logGroup, log_stream_name: "{instance_id}" }] } },
      force_flush_interval: 5,
    },
  });

const file = (path: string, text: string): string => `cat > ${path} <<'END_OF_FILE'\n${text}\nEND_OF_FILE`;

/**
 * The script. A start that fails leaves a server that does not answer: the load balancer finds it, and the group puts another instance in its place.
 * What it installs is of the image's own release of Amazon Linux, so two instances of one image are alike, today and in a year.
 */
export const bootScript = ({ region, environment, bundle, logGroup }: Boot): string => `#!/bin/bash
set -euo pipefail
umask 022
again() { for pause in 2 4 8 16 32; do "$@" && return; sleep "$pause"; done; "$@"; }

again dnf --assumeyes --quiet --setopt=install_weak_deps=False install nodejs22 amazon-cloudwatch-agent logrotate
useradd --system --user-group --no-create-home --shell /sbin/nologin ${USER}
install --directory --mode=0755 ${FOLDER} /etc/trade-service /var/log/trade-service /etc/systemd/system/logrotate.timer.d

again aws s3api get-object --region ${region} --bucket ${bundle.bucket} --key ${bundle.key} ${FOLDER}/index.mjs > /dev/null
echo "${bundle.sha256}  ${FOLDER}/index.mjs" | sha256sum --check --strict --status

${file("/etc/trade-service/environment", environmentFile(environment))}
${file("/etc/systemd/system/trade-service.service", UNIT)}
${file("/etc/logrotate.d/trade-service", ROTATION)}
${file("/etc/systemd/system/logrotate.timer.d/hourly.conf", BY_THE_HOUR)}
${file(`${AGENT}/etc/trade-service.json`, agent(logGroup))}

${AGENT}/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:${AGENT}/etc/trade-service.json
systemctl daemon-reload
systemctl restart logrotate.timer
systemctl enable --now trade-service.service
`;
