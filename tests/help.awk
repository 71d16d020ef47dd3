# SPDX-License-Identifier: Apache-2.0
#
# help - what `make help` prints, read out of the Makefile itself.
#
# A `##@ Heading` begins a group, `target: ... ## text` is a row of it, and
# `NAME ?= value # text` a variable that the builder may set.

/^##@ / {
	groups = groups "\n" substr($0, 5) "\n"
}
/^[a-z -]+:.*## / {
	target = text = $0
	sub(/:.*/, "", target)
	sub(/.*## /, "", text)
	gsub(/\$\(BUILD\)/, "build/plain", text)
	if (length(target) > 18) # a line of its own
		target = sprintf("%s\n  %18s", target, "")
	groups = groups sprintf("  %-18s %s\n", target, text)
}
/^[A-Z_]+ *\?=.*#/ {
	name = value = text = $0
	sub(/ *\?=.*/, "", name)
	sub(/^[^=]*= */, "", value)
	sub(/ *#.*/, "", value)
	sub(/.*# */, "", text)
	if (value != "")
		text = text " (" value ")"
	variables = variables sprintf("  %-18s %s\n", name, text)
}
END {
	print "make TARGET [NAME=VALUE ...]"
	printf "%s\nVariables (and CC, CFLAGS, LDFLAGS, PREFIX as usual)\n%s", \
		groups, variables
}
