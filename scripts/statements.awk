# Finds SQL that is text in Rust sources: string literals that begin with a word of SQL. `// SQL: <why>` above a Rust
# statement or item is the reason of every literal in it. One line for each literal; the last says how many there are.
# Exit code 1 when one has no reason.

function is_sql(text) {
    # Behind a common beginning.
    sub(/^\{[a-z_0-9]*\},? /, "", text)
    return text ~ /^(select[ (]|select$|insert into |update [a-z_{}. ]+ set|delete from |with (recursive )?[a-z_{]|copy |begin(;| |$)|commit$|rollback$|explain )/ ||
        text ~ /^(set (local|role|jit|timezone|app\.|max_|constraints)|(create|alter|drop) (table|schema|database|extension|role|index)|lock table|listen |notify |truncate |grant |revoke |prepare |deallocate |analyze )/
}

function found(line, text) {
    total++
    if (!covered) {
        missing++
        printf "%s:%d\t(no reason)\t%s\n", FILENAME, line, substr(text, 1, 60)
    } else {
        printf "%s:%d\t%s\n", FILENAME, line, reason
    }
}

# A comment ends with its line; one that follows a reason's first line goes on with the reason.
function comment(text) {
    sub(/^\/\/ ?/, "", text)
    if (text ~ /^SQL: /) {
        reason = substr(text, 6); covered = 0; waiting = 1; joined = 1
    } else if (joined) {
        reason = reason " " text
    }
}

function code(char) {
    joined = 0
    if (waiting) { waiting = 0; covered = 1; base = depth; closed = 0 }
    if (closed) {
        # After a block: what goes on with the statement, or the next one.
        if (char !~ /[;.?,)e]/) { covered = 0 }
        closed = 0
    }
    if (char ~ /[({[]/) { depth++ }
    else if (char ~ /[)}\]]/) {
        depth--
        if (covered && depth < base) { covered = 0 }
        else if (covered && depth == base && char == "}") { closed = 1 }
    } else if (char == ";" && covered && depth == base) { covered = 0 }
}

FNR == 1 { depth = 0; covered = 0; waiting = 0; joined = 0; in_string = 0; skip = 0; text = "" }
skip { next }
!in_string && /^#\[cfg\(test\)\]/ { skip = 1; next }
{
    n = length($0)
    for (i = 1; i <= n; i++) {
        char = substr($0, i, 1)
        if (in_string) {
            if (hashes == "" && char == "\\") {
                # A line that ends so goes on with the next one, whose spaces in front do not count.
                if (i < n) { text = text substr($0, i, 2) }
                i++
            } else if (char == "\"" && substr($0, i + 1, length(hashes)) == hashes) {
                in_string = 0
                i += length(hashes)
                if (is_sql(text)) { found(began, text) }
            } else if (text != "" || char != " ") { text = text char }
            continue
        }
        rest = substr($0, i)
        if (char == " " || char == "\t") { continue }
        if (rest ~ /^\/\//) { comment(rest); break }
        if (match(rest, /^b?r#*"/) && substr($0, i - 1, 1) !~ /[A-Za-z0-9_]/) {
            code(char)
            hashes = substr(rest, 1, RLENGTH - 1); gsub(/[^#]/, "", hashes)
            in_string = 1; began = FNR; text = ""
            i += RLENGTH - 1
        } else if (char == "\"") {
            code(char)
            hashes = ""; in_string = 1; began = FNR; text = ""
        } else if (match(rest, /^'(\\.[^']*|[^'\\])'/)) {
            code(char)
            i += RLENGTH - 1
        } else { code(char) }
    }
}
END {
    printf "%d statements are text, %d of them without a reason\n", total, missing
    exit missing > 0
}
