/**
 * What bash reads before predict.sh (`BASH_ENV`): what a model may rely on where its image says nothing of it, or says
 * something that the container's user cannot use. What an image has set up for good, weights below `TORCH_HOME` say,
 * stays.
 */
export const RUN_ENVIRONMENT = `unset BASH_ENV
if [ ! -d "\${HOME:-}" ] || [ ! -w "$HOME" ]; then export HOME=/tmp; fi
export XDG_CACHE_HOME="\${XDG_CACHE_HOME:-$HOME/.cache}"
export XDG_CONFIG_HOME="\${XDG_CONFIG_HOME:-$HOME/.config}"
export MPLCONFIGDIR="\${MPLCONFIGDIR:-$XDG_CONFIG_HOME/matplotlib}"
export NUMBA_CACHE_DIR="\${NUMBA_CACHE_DIR:-$XDG_CACHE_HOME/numba}"
export TORCH_HOME="\${TORCH_HOME:-$XDG_CACHE_HOME/torch}"
mkdir -p "$XDG_CACHE_HOME" "$XDG_CONFIG_HOME" "$MPLCONFIGDIR" "$NUMBA_CACHE_DIR" "$TORCH_HOME" 2>/dev/null
# The container's user has no entry in the image's /etc/passwd, and some libraries ask for a name.
export USER="\${USER:-mammoeval}" LOGNAME="\${LOGNAME:-mammoeval}"
case "\${LC_ALL:-\${LC_CTYPE:-\${LANG:-}}}" in
  *[Uu][Tt][Ff]8* | *[Uu][Tt][Ff]-8*) ;;
  *) export LANG=C.UTF-8 LC_ALL=C.UTF-8 ;;
esac
`;
