#!/usr/bin/env bash
set -euo pipefail
declare -A seen=( [one]=1   [two]=2 )
work() { local name=$1; shift
  for item in "$@" ; do if [[ $item == -* ]] ;then echo "flag ${item#-}"
  elif [ -f "$item" ]&&grep -q 'x' <"$item"; then case "$item" in *.txt) echo text;; *.sh|*.bash) echo script ;; *) echo "${item##*.}";; esac
  else printf '%s\n' "${seen[$item]:-none}" >&2; fi; done | sort | uniq -c
cat <<-EOF
	$name has $# arguments, $(( $# * 2 + 1 )) twice and one
	EOF
}
while read -r line; do  work "$line" -a --b "$(date +%s)" & done < <(find . -name '*.txt' -print0 | xargs -0 ls -la)
wait; trap 'rm -f "$tmp"' EXIT; tmp=$(mktemp) || exit 1
