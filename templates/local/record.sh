# shellcheck shell=bash
# What a script says: its log, progress, result and error, each in a file. Uses `write_whole`.

load_secrets() {
  local file line
  secrets=()
  for file in "$TOYGRES_SECRETS_DIR"/*; do
    while IFS= read -r line || [[ -n $line ]]; do
      ((${#line} >= 6)) && secrets+=("$line")
    done <"$file"
  done
}

mask() { # changes `line`
  local secret
  for secret in "${secrets[@]}"; do
    [[ $line == *"$secret"* ]] && line=${line//"$secret"/***}
  done
  if [[ ${line,,} == *sig[=%]* ]]; then
    line=${line//[sS][iI][gG]@(=|%3[dD])+([[:alnum:]%\/+=_.~-])/sig=***}
  fi
}

# Reads the script's output and writes the attempt's log, progress, result and error. A line beyond the limit is cut.
record() { # DIRECTORY
  local line rest limit=4194304 shown=65536 last='' size=0 now
  local -a secrets
  trap '' TERM
  load_secrets
  exec 5>>"$1/log" 6>>"$1/progress"
  # Room for the error line, so that it can still be written when what the script made has filled the disk.
  printf '%8191s\n' '' >"$1/error"
  while IFS= read -r -n "$limit" line || [[ -n $line ]]; do
    if ((${#line} >= limit)); then
      while IFS= read -r -n 65536 rest && ((${#rest} == 65536)); do :; done
    fi
    mask
    now=$EPOCHREALTIME
    case $line in
      '::toygres:: progress '*)
        line=${line#'::toygres:: progress '}
        [[ $line == "$last" || ${#line} -gt 8192 ]] && continue
        last=$line
        if (((size += ${#line} + 20) > 262144)); then
          write_whole "$1/progress" "$now $line"
          exec 6>>"$1/progress"
          size=${#line}
        else
          printf '%s %s\n' "$now" "$line" >&6
        fi
        ;;
      '::toygres:: result '*) write_whole "$1/result" "${line#'::toygres:: result '}" ;;
      '::toygres:: error '*)
        line=${line#'::toygres:: error '}
        printf '%-8191s\n' "${line:0:8191}" 1<>"$1/error"
        ;;
      '::toygres:: '*) ;;
      *)
        ((${#line} > shown)) && line="${line:0:shown} [cut]"
        printf '%s %s\n' "$now" "$line" >&5
        ;;
    esac
  done
}
