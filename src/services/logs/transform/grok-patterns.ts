const BYTE = '(?:25[0-5]|2[0-4]\\d|1?\\d{1,2})';
const HEX = '[0-9A-Fa-f]';
const GROUP = `${HEX}{1,4}`;
const LABEL = '[0-9A-Za-z][0-9A-Za-z-]{0,62}';
const IPV4 = `(?<!\\d)${BYTE}(?:\\.${BYTE}){3}(?!\\d)`;
const IPV6_TAIL = `(?:${GROUP}(?::${GROUP}){0,6}(?::${BYTE}(?:\\.${BYTE}){3})?|${BYTE}(?:\\.${BYTE}){3})?`;

/**
 * What `%{NAME}` stands for, as a regular expression without groups of its own; a reference with a field is a group.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-Configurable.html#Grok-Patterns
 */
export const GROK_PATTERNS: ReadonlyMap<string, string> = new Map([
  ['USERNAME', '[\\w.-]+'],
  ['USER', '%{USERNAME}'],
  ['INT', '[+-]?\\d+'],
  ['BASE10NUM', '[+-]?(?:\\d+(?:\\.\\d+)?|\\.\\d+)'],
  ['NUMBER', '%{BASE10NUM}'],
  ['BASE16NUM', `[+-]?(?:0x)?${HEX}+`],
  ['POSINT', '\\b[1-9]\\d*\\b'],
  ['NONNEGINT', '\\b\\d+\\b'],
  ['WORD', '\\b\\w+\\b'],
  ['NOTSPACE', '\\S+'],
  ['SPACE', '\\s*'],
  ['DATA', '.*?'],
  ['GREEDYDATA', '.*'],
  ['GREEDYDATA_MULTILINE', '[^]*'],
  ['QUOTEDSTRING', `"(?:\\\\.|[^\\\\"])*"|'(?:\\\\.|[^\\\\'])*'`],
  ['UUID', `${HEX}{8}(?:-${HEX}{4}){3}-${HEX}{12}`],
  ['URN', `urn:[0-9A-Za-z][0-9A-Za-z-]{0,31}:(?:%${HEX}{2}|[0-9a-zA-Z()+,.:=@;$_!*'/?#-])+`],
  ['ARN', 'arn:aws(?:-cn|-us-gov)?:[^:/\\s]+:[^:/\\s]+:[^:/\\s]+:[^/\\s]+(?:/[^/\\s]+){0,4}'],
  ['CISCOMAC', `${HEX}{4}(?:\\.${HEX}{4}){2}`],
  ['WINDOWSMAC', `${HEX}{2}(?:-${HEX}{2}){5}`],
  ['COMMONMAC', `${HEX}{2}(?::${HEX}{2}){5}`],
  ['MAC', '%{CISCOMAC}|%{WINDOWSMAC}|%{COMMONMAC}'],
  ['IPV6', `(?:${GROUP}(?::${GROUP}){7}|(?:${GROUP}(?::${GROUP}){0,6})?::${IPV6_TAIL})(?:%\\w+)?`],
  ['IPV4', IPV4],
  ['IP', '%{IPV6}|%{IPV4}'],
  ['HOSTNAME', `\\b${LABEL}(?:\\.${LABEL})*\\.?`],
  ['HOST', '%{HOSTNAME}'],
  ['IPORHOST', '%{IP}|%{HOSTNAME}'],
  ['HOSTPORT', '%{IPORHOST}:%{POSINT:PORT}'],
  ['URIHOST', '%{IPORHOST}(?::%{POSINT:port})?'],
  ['UNIXPATH', '(?:/[\\w?=&%!$@:.,+~#*()-]*)+'],
  ['WINPATH', '(?:[A-Za-z]+:|\\\\)(?:\\\\[^\\\\?*]*)+'],
  ['PATH', '%{UNIXPATH}|%{WINPATH}'],
  ['TTY', '/dev/(?:pts|tty[pq]?)\\w*/?\\d+'],
  ['URIPROTO', '[A-Za-z][A-Za-z+]*'],
  ['URIPATH', "(?:/[\\w$.+!*'(){},~:;=@#%&-]*)+"],
  ['URIPARAM', "\\?[\\w$.+!*'|(){},~@#%&/=:;?\\[\\]<>-]*"],
  ['URIPATHPARAM', '%{URIPATH}(?:%{URIPARAM})?'],
  ['URI', '%{URIPROTO}://(?:%{USER}(?::[^@]*)?@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?'],
  [
    'MONTH',
    '\\b(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)\\b',
  ],
  ['MONTHNUM', '1[0-2]|0?[1-9]'],
  ['MONTHNUM2', '0[1-9]|1[0-2]'],
  ['MONTHDAY', '0[1-9]|[12]\\d|3[01]|[1-9]'],
  ['YEAR', '(?:\\d\\d){1,2}'],
  [
    'DAY',
    '\\b(?:Mon(?:day)?|Tue(?:sday)?|Wed(?:nesday)?|Thu(?:rsday)?|Fri(?:day)?|Sat(?:urday)?|Sun(?:day)?)\\b',
  ],
  ['HOUR', '2[0-3]|[01]?\\d'],
  ['MINUTE', '[0-5]\\d'],
  ['SECOND', '(?:60|[0-5]?\\d)(?:[:.,]\\d+)?'],
  ['TIME', '%{HOUR}:%{MINUTE}:%{SECOND}'],
  ['DATE_US', '%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}'],
  ['DATE_EU', '%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}'],
  ['ISO8601_TIMEZONE', 'Z|[+-]%{HOUR}:?%{MINUTE}'],
  ['ISO8601_SECOND', '%{SECOND}'],
  [
    'TIMESTAMP_ISO8601',
    '%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?(?:%{ISO8601_TIMEZONE})?',
  ],
  ['DATE', '%{DATE_US}|%{DATE_EU}'],
  ['DATESTAMP', '%{DATE}[ -]%{TIME}'],
  ['TZ', '[PMCE][SD]T|UTC'],
  ['DATESTAMP_RFC822', '%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}'],
  ['DATESTAMP_RFC2822', '%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}'],
  ['DATESTAMP_OTHER', '%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}'],
  ['DATESTAMP_EVENTLOG', '%{YEAR}%{MONTHNUM2}%{MONTHDAY}%{HOUR}%{MINUTE}%{SECOND}'],
  [
    'LOGLEVEL',
    '[Aa]lert|ALERT|[Tt]race|TRACE|[Dd]ebug|DEBUG|[Nn]otice|NOTICE|[Ii]nfo|INFO|[Ww]arn(?:ing)?|WARN(?:ING)?|[Ee]rr(?:or)?|ERR(?:OR)?|[Cc]rit(?:ical)?|CRIT(?:ICAL)?|[Ff]atal|FATAL|[Ss]evere|SEVERE|[Ee]merg(?:ency)?|EMERG(?:ENCY)?',
  ],
  ['HTTPDATE', '%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}'],
  ['SYSLOGTIMESTAMP', '%{MONTH} +%{MONTHDAY} %{TIME}'],
  ['PROG', '[\\w./%-]+'],
  ['SYSLOGPROG', '%{PROG:program}(?:\\[%{POSINT:pid}\\])?'],
  ['SYSLOGHOST', '%{IPORHOST}'],
  ['SYSLOGFACILITY', '<%{NONNEGINT:facility}\\.%{NONNEGINT:priority}>'],
]);

/** Patterns that stand for whole formats, at the beginning of a `match` alone. */
export const COMMON_LOGS: ReadonlyMap<string, string> = new Map([
  ['APACHE_ACCESS_LOG', accessLog()],
  ['NGINX_ACCESS_LOG', accessLog()],
  [
    'SYSLOG5424',
    '<%{NONNEGINT:pri}>%{NONNEGINT:version} %{NOTSPACE:timestamp} %{NOTSPACE:hostname} %{NOTSPACE:app} %{NOTSPACE:proc_id} %{NOTSPACE:msg_id} (?:-|\\[%{DATA:structured_data}\\])',
  ],
]);

function accessLog(): string {
  const request = '%{WORD:http_method} %{NOTSPACE:request}(?: HTTP/%{NUMBER:http_version})?';
  const start = `%{NOTSPACE:remote_host} %{NOTSPACE} %{NOTSPACE:auth_user} \\[%{HTTPDATE:timestamp}\\] "(?:${request}|-)"`;
  return `${start} %{POSINT:status_code} (?:%{NONNEGINT:response_size}|-)(?: "%{DATA:referrer}" "%{DATA:agent}")?`;
}
