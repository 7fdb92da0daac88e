#!/bin/sh
# Refuses what the rules of a repository forbid, one ref at a time, as the forge words it.
# A rule is a line of the file: what it forbids, and the pattern of refs that it is for. REHEARSAL_WORKFLOWS says
# whether whoever pushes may change workflows.
ref=$1 old=$2 new=$3
zero=0000000000000000000000000000000000000000

refuse() {
    echo "error: $1" >&2
    echo "error: $2" >&2
    exit 1
}

unsigned() {
    range=$new
    [ "$old" = "$zero" ] || range="$old..$new"
    git rev-list "$range" --not --branches | while read -r commit; do
        git cat-file commit "$commit" | sed '/^$/q' | grep -q '^gpgsig' || echo "$commit"
    done
}

workflows() {
    git rev-list "$new" --not --branches | while read -r commit; do
        git diff-tree --root --no-commit-id --name-only -r "$commit" -- .github/workflows
    done
}

if [ "$REHEARSAL_WORKFLOWS" = no ] && [ "$new" != "$zero" ]; then
    path=$(workflows | head -n 1)
    [ -z "$path" ] ||
        refuse "refusing to allow a token to create or update workflow" "\`$path\` without \`workflow\` scope"
fi

case $ref in
refs/pull/*) refuse "GH: refs/pull is hidden" "deny updating a hidden ref" ;;
esac

while read -r rule pattern; do
    # shellcheck disable=SC2254
    case $ref in
    $pattern) ;;
    *) continue ;;
    esac
    case $rule in
    push) refuse "GH006: Protected branch update failed for $ref." "Changes must be made through a pull request." ;;
    create)
        [ "$old" != "$zero" ] ||
            refuse "GH013: Repository rule violations found for $ref." "Creations of refs are restricted."
        ;;
    move)
        [ "$old" = "$zero" ] ||
            refuse "GH013: Repository rule violations found for $ref." "Cannot update this protected ref."
        ;;
    sign)
        [ "$new" = "$zero" ] || [ -z "$(unsigned)" ] ||
            refuse "GH006: Protected branch update failed for $ref." "Commits must have verified signatures."
        ;;
    esac
done <"$GIT_DIR/releasekit-rules"
