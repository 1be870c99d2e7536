# Prints what zsh offers behind a line, until WANTED is among it. Usage: zsh -f offers.zsh LINE WANTED.
# zsh completes only on a terminal, so it gets one. It lists what it offers on the second Tab.
zmodload zsh/zpty
zpty child zsh -f -i
until_said() {
  local said= part
  while zpty -r child part; do
    said+=$part
    [[ $said == *$1* ]] && break
  done
  print -r -- $said
}
zpty -w child 'PS1=; stty columns 200; autoload -Uz compinit; compinit -u -D; source <(export-iam completions zsh)'
# Split, so that the echo of the line is not taken for its output.
zpty -w child 'print rea""dy'
until_said ready >/dev/null
zpty -w -n child "$1"$'\t\t'
until_said "$2"
