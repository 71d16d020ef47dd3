# SPDX-License-Identifier: Apache-2.0
# straymail.  `make help` lists what can be made; V=1 shows the commands.
#
# Three archives and one program, in the order the bytes travel:
#
#	sensor/  -->  dissectors/	bytes in, verdict out; knows nobody
#	sensor/  -->  output/		sightings in, world out; knows nobody
#
# Unit tests of dissectors/ and output/ link their own archive only, so an
# arrow drawn the wrong way does not link.

.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules --no-print-directory

# --- what the builder may set ------------------------------------------------

CFLAGS      ?= -O2 -g
WERROR      ?=#         1: warnings are errors
SAN         ?=#         address,undefined | thread | coverage | fuzz
LTO         ?=#         no: the program is not optimised as a whole
NDPI        ?=#         no: build without a second opinion
NDPI_DIR    ?=#         a built source tree of nDPI 5: that instead (untested)
V           ?=#         1: show the commands
DESTDIR     ?=#         where a package is put together
PREFIX      ?= /usr/local
SBINDIR     ?= $(PREFIX)/sbin
DATADIR     ?= $(PREFIX)/share/straymail
MANDIR      ?= $(PREFIX)/share/man
FUZZ_SECONDS ?= 60#     for each fuzzer
FUZZ_RUNS   ?=#         so many inputs instead (10000000), for each
FUZZ_LEN    ?= 2048#    bytes of an input, at most
FUZZ_SEED   ?= 0#       of the changes that are tried; 0: another one each time
FUZZ        ?=#         line preamble ...: these fuzzers only
BENCH_MB    ?= 512#     size of each generated capture
BENCH_PAIRS ?= 5#       runs of each, one after the other in turn
BENCH_SLACK ?= 1#       times what is promised is good enough
BENCH_FLOWS ?= 10000 1000000# connections at once; 10000000 takes 1.3 GB
BENCH_RATE  ?= 100000#  packets a second of which the cost is measured, live
BENCH_SECONDS ?= 2#     that each rate is offered for
BENCH_STEPS ?= 6#       towards the highest rate without a loss
EXHAUST     ?= 100#     percent of each attack that a sensor has to bear
CORPUS      ?= ../shared/corpus#  captures of others, with manifest.tsv
LAB         ?= ../shared/lab#     captures of a laboratory, with truth.tsv
CORPUS_VARIANTS ?= none# rewritten as well: all, or names as port-443 connect-25
PKG_CONFIG  ?= pkg-config
PYTHON      ?= $(firstword $(wildcard /usr/bin/python3) python3)

# One tree a flavour, so that switching never needs `make clean`.
comma   := ,
space   := $(subst ,, )
flavour := $(or $(subst $(comma),-,$(SAN)),plain) \
	$(if $(filter no,$(NDPI)),no-ndpi,$(if $(NDPI_DIR),ndpi-current)) $(if $(findstring clang,$(CC)),clang)
BUILD   ?= build/$(subst $(space),-,$(strip $(flavour)))

# --- language, warnings, hardening -------------------------------------------

# $(call cc-option,-fnew-flag): the flag, if this compiler takes it.
cc-option = $(shell $(CC) -Werror $(1) -x c -c /dev/null -o /dev/null \
	2>/dev/null && echo $(1))

language := -std=c17 -D_GNU_SOURCE -I. -pthread

warnings := -Wall -Wextra -Wpedantic -Wconversion -Wsign-conversion -Wshadow \
	-Wstrict-prototypes -Wmissing-prototypes -Wold-style-definition \
	-Wcast-align -Wcast-qual -Wpointer-arith -Wwrite-strings -Wundef \
	-Wvla -Wformat=2 -Wswitch-enum -Wimplicit-fallthrough \
	-Wdouble-promotion -Wnull-dereference \
	$(foreach w,-Wlogical-op -Wduplicated-cond -Wduplicated-branches \
	-Wjump-misses-init -Warith-conversion,$(call cc-option,$(w))) \
	$(if $(WERROR),-Werror)

hardening := -fPIE -fstack-protector-strong \
	$(foreach f,-fstack-clash-protection -fcf-protection=full \
	-ftrivial-auto-var-init=zero -fstrict-flex-arrays=3,$(call cc-option,$(f)))

ifeq ($(SAN),)
hardening += -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3
else ifeq ($(SAN),coverage)
instrument := --coverage -O0
else ifeq ($(SAN),fuzz)
instrument := -U_FORTIFY_SOURCE -fno-sanitize-recover=all \
	-fsanitize=fuzzer-no-link,address,undefined
else
# Sanitizers want the plain calls, not the fortified ones.
instrument := -U_FORTIFY_SOURCE -fsanitize=$(SAN) -fno-sanitize-recover=all \
	-fno-omit-frame-pointer
endif

# One library, one file that knows it; tests/layers.sh sees to that.
packages := libpcap hiredis jansson inih libxxhash zlib \
	$(if $(filter no,$(NDPI))$(NDPI_DIR),,libndpi)
LIBS     := $(shell $(PKG_CONFIG) --libs $(packages) 2>/dev/null)
language += $(shell $(PKG_CONFIG) --cflags $(packages) 2>/dev/null) \
	$(if $(filter no,$(NDPI)),-DSTRAYMAIL_NO_NDPI)
ifneq ($(if $(filter no,$(NDPI)),,$(NDPI_DIR)),)
language += -DSTRAYMAIL_NDPI_CURRENT -isystem $(NDPI_DIR)/src/include
LIBS     += $(NDPI_DIR)/src/lib/libndpi.a -lm
endif

# The program is optimised as a whole: what runs for every packet is small
# functions in files of their own.  Objects are ordinary code besides, and that
# is what tests link.  A compiler or linker that cannot do both does without.
probe_whole = d=$$(mktemp -d) && echo 'int main(void) { return 0; }' >$$d/m.c && \
	$(CC) -Werror $(1) -c -o $$d/m.o $$d/m.c 2>/dev/null && \
	$(CC) -Werror $(1) -o $$d/m $$d/m.o 2>/dev/null && echo $(1); rm -rf "$$d"
whole := $(if $(SAN)$(filter no,$(LTO)),,$(shell \
	$(call probe_whole,-flto=auto -ffat-lto-objects)))
apart := $(if $(whole),-fno-lto)
linked := $(apart)# but the program and the yardsticks

compile := $(CC) $(language) $(warnings) $(hardening) $(CFLAGS) $(instrument) $(whole)
link     = $(CC) $(CFLAGS) $(instrument) $(linked) -pthread -pie \
	-Wl,-z,relro,-z,now,-z,noexecstack -Wl,--as-needed $(LDFLAGS)

# What of PROGRAM, of pkg-config's names, of headers is not there.
no-program = $(if $(shell command -v $(1)),,$(1))
no-package = $(shell $(PKG_CONFIG) --exists $(1) 2>/dev/null || echo $(1))
no-header  = $(shell $(CC) -include $(1) -fsyntax-only -x c /dev/null \
	2>/dev/null || echo $(1))
tools   := $(strip $(call no-program,$(firstword $(CC))) \
	$(call no-program,$(PKG_CONFIG)))
missing := $(or $(tools),$(strip $(call no-header,uthash.h) \
	$(foreach p,$(packages),$(call no-package,$(p)))))

# In a tarball there is no .git, and a repository further up is not ours.
version := $(or $(shell test -e .git && \
	git -c safe.directory='*' describe --always --dirty 2>/dev/null),unreleased)

# --- what is built from what -------------------------------------------------

sensor_src     := $(filter-out sensor/main.c,$(shell find sensor -name '*.c'))
dissectors_src := $(shell find dissectors -name '*.c')
output_src     := $(shell find output -name '*.c')

objects  = $(patsubst %.c,$(BUILD)/%.o,$(1))
archives := $(BUILD)/libsensor.a $(BUILD)/libdissectors.a $(BUILD)/liboutput.a
support  := $(BUILD)/libsupport.a

test_libs   := $(shell $(PKG_CONFIG) --libs cmocka 2>/dev/null)
test_cflags := $(shell $(PKG_CONFIG) --cflags cmocka 2>/dev/null)

program := $(BUILD)/straymail
tests   := $(patsubst %.c,$(BUILD)/%,$(shell find tests -name 'test_*.c'))
scripts := tests/layers.sh $(wildcard tests/*/check_*.sh \
	tests/golden/test_*.py tests/integration/test_*.py)
fuzzers := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/fuzz/fuzz_*.c))
replays := $(subst /fuzz_,/replay_,$(fuzzers))
yardsticks := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/bench/*.c))

##@ Building
.PHONY: all
all: $(program)                 ## the sensor, $(BUILD)/straymail (the default)

# Sums that do not agree: the product says so and goes on, tests and whatever is
# sanitized end there (sensor/accounting.h).  Linked before the archive, which
# has the same without.
fatal := $(BUILD)/fatal/sensor/accounting.o

$(program) $(yardsticks): linked := $(whole)
$(program): $(BUILD)/sensor/main.o $(if $(SAN),$(fatal)) $(archives)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS)

$(BUILD)/libsensor.a:     $(call objects,$(sensor_src))
$(BUILD)/libdissectors.a: $(call objects,$(dissectors_src))
$(BUILD)/liboutput.a:     $(call objects,$(output_src))
$(support):               $(call objects,$(wildcard tests/support/*.c))

# The script that Redis runs is part of the program: its bytes as a C array.
$(BUILD)/liboutput.a:     $(BUILD)/output/redis/ingest_lua.o
$(BUILD)/output/redis/ingest_lua.c: output/redis/ingest.lua Makefile
	$(say) LUA $<
	$(q)mkdir -p $(@D)
	$(q)(echo '#include "output/redis/ingest.h"'; \
		echo 'const char ingest_script[] = {'; \
		od -An -v -tu1 $< | sed 's/[0-9][0-9]*/&,/g'; echo '0 };') >$@

$(BUILD)/output/redis/ingest_lua.o: %.o: %.c
	$(say) CC $<
	$(q)$(compile) -c -o $@ $<

$(BUILD)/%.a:
	$(say) AR $@
	$(q)rm -f $@ && $(AR) rcs $@ $^

# The version is main.c's alone, so that a commit compiles one file anew.
$(BUILD)/sensor/main.o: $(BUILD)/version
$(BUILD)/sensor/main.o: compile += -DSTRAYMAIL_VERSION='"$(version)"'
$(BUILD)/tests/%.o: compile += $(test_cflags) $(apart)

# A count of frames that does not add up is said, and ends whatever is sanitized.
ifneq ($(SAN),)
$(BUILD)/sensor/capture/port.o: compile += -DACCOUNTING_FATAL
endif

$(BUILD)/%.o: %.c $(BUILD)/flags | libraries
	$(say) CC $<
	$(q)mkdir -p $(@D)
	$(q)$(compile) -MMD -MP -c -o $@ $<

$(BUILD)/fatal/%.o: %.c $(BUILD)/flags | libraries
	$(say) CC '$< (fatal)'
	$(q)mkdir -p $(@D)
	$(q)$(compile) -DACCOUNTING_FATAL -MMD -MP -c -o $@ $<

# Files that hold what was built with: touched only when that changes.  Who
# builds after somebody else (after sudo, say) is told before anything fails.
$(BUILD)/flags:   text := $(compile)
$(BUILD)/version: text := $(version)
$(BUILD)/flags $(BUILD)/version: always
	$(q)mkdir -p $(@D) && test -w $(@D) || { \
		echo "$(@D) is another user's: sudo make clean, and again" >&2; \
		exit 1; }
	$(q)echo '$(text)' | cmp -s - $@ || echo '$(text)' >$@

.PHONY: always libraries test-libraries
always:

libraries:
	$(if $(missing),@echo 'missing: $(missing)' >&2; \
		echo 'make setup installs what the build needs' >&2; exit 1)

test-libraries:
	$(if $(test_libs),,@echo 'missing: cmocka' >&2; \
		echo 'make check installs what the tests need' >&2; exit 1)

$(addsuffix .o,$(tests)): | test-libraries

# The dependency rule, stated as link lines.  tests/support includes no room's
# header.
tests_in = $(filter $(foreach d,$(1),$(BUILD)/tests/$(d)/%),$(tests))

$(filter-out %/test_work,$(call tests_in,dissectors)): %: %.o $(support) \
		$(BUILD)/libdissectors.a
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS) $(test_libs)
$(call tests_in,output): %: %.o $(support) $(BUILD)/liboutput.a
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS) $(test_libs)
$(filter-out %/test_work %/test_accounting, \
		$(call tests_in,sensor golden integration)): %: \
		%.o $(fatal) $(support) $(archives)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS) $(test_libs)
# As the product has it.
$(BUILD)/tests/sensor/test_accounting: %: %.o $(support) $(archives)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS) $(test_libs)

# Its own malloc() for our code, and nobody else's.
$(BUILD)/tests/sensor/test_no_memory: link += $(foreach f,malloc calloc realloc \
	reallocarray strdup mmap,-Wl,--wrap=$(f))

# A second build of dissectors/ and of a packet's way to them, for the tests that
# count what it does: see tests/dissectors/work.h.  Never sanitized, so that the
# count is the same.
counted_src := $(dissectors_src) $(wildcard sensor/decode/*.c sensor/flow/*.c) \
	$(wildcard $(addprefix sensor/,worker.c listener.c doorman.c conversation*.c \
	beginning.c volume.c retake.c ruling.c doctor/mirror.c doctor/trail.c))
counted  := $(call objects,$(addprefix counted/,$(counted_src)))
counting := $(BUILD)/counted/tests/dissectors/work.o

$(BUILD)/tests/dissectors/test_work: %: %.o $(BUILD)/libcounted.a
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS) $(test_libs)

$(BUILD)/tests/sensor/test_work: %: %.o $(support) $(BUILD)/libcounted.a $(archives)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS) $(test_libs)

$(BUILD)/libcounted.a: $(counted) $(counting)
$(counted): count := -fsanitize-coverage=trace-pc
$(BUILD)/counted/%.o: %.c $(BUILD)/flags | libraries
	$(say) CC '$< (counted)'
	$(q)mkdir -p $(@D)
	$(q)$(CC) $(language) -fPIE $(CFLAGS) $(count) \
		-include tests/dissectors/work.h -MMD -MP -c -o $@ $<

$(BUILD)/tests/fuzz/fuzz_dialog $(BUILD)/tests/fuzz/replay_dialog: \
	$(BUILD)/tests/fuzz/witness.o
$(fuzzers): %: %.o $(fatal) $(archives)
	$(say) LINK $@
	$(q)$(link) -fsanitize=fuzzer -o $@ $^ $(LIBS)
# The same without libFuzzer: `make check` hears the seeds again.
$(replays): $(BUILD)/tests/fuzz/replay_%: $(BUILD)/tests/fuzz/fuzz_%.o \
		$(BUILD)/tests/fuzz/replay.o $(fatal) $(archives)
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS)
$(BUILD)/tests/bench/make_capture: \
	$(call objects,$(wildcard tests/bench/traffic/*.c)) $(support)
$(BUILD)/tests/bench/flow_cost: $(support) $(archives)
$(BUILD)/tests/bench/dialog_cost: $(BUILD)/libdissectors.a
$(yardsticks): %: %.o
	$(say) LINK $@
	$(q)$(link) -o $@ $^ $(LIBS)

.PHONY: setup setup-demo setup-check setup-lint
setup:                          ## install the packages that the build needs
	$(q)sh tests/setup.sh build
setup-demo setup-check setup-lint: setup-%:
	$(q)sh tests/setup.sh $*

# --- showing -----------------------------------------------------------------

# Flags and libraries are probed when make reads this file, so what needs them
# runs in a second make, after the packages are there.
jobs = $(if $(filter -j% --jobserver%,$(MAKEFLAGS)),,-j$(shell nproc))

##@ Seeing it work
.PHONY: demo run-demo demo-stop
demo: setup-demo                ## set up, build, show what is found in pcaps/
	$(q)$(MAKE) $(jobs) run-demo

run-demo: $(program) build/redis-server ## the same without the set-up
	$(q)sh tests/demo.sh $(program)

demo-stop:                      ## end the demo's Redis
	$(q)sh tests/demo.sh --stop

# The machine's Redis, or Debian's redis-check-rdb: one program, which is the
# server when it is called redis-server.  Neither starts a service.
build/redis-server:
	$(q)mkdir -p $(@D)
	$(q)server=$$(command -v redis-server || command -v redis-check-rdb) && \
		ln -sf "$$server" $@

# --- checking ----------------------------------------------------------------

##@ Checking
.PHONY: check run-check
check: setup-check              ## set up, build, run every test
	$(q)$(MAKE) $(jobs) run-check

run-check: $(program) $(tests) $(replays) build/redis-server ## the same without the set-up
	$(q)$(run_tests) $(tests) $(replays) $(scripts)

.PHONY: run-units
run-units: $(program) $(tests) $(replays) build/redis-server ## those written in C
	$(q)$(run_tests) $(tests) $(replays)

.PHONY: run-threads
run-threads: $(program) $(call tests_in,output sensor) build/redis-server ## those of what has threads
	$(q)$(run_tests) $(call tests_in,output sensor) $(scripts)

run_tests = BUILD='$(BUILD)' PYTHON='$(PYTHON)' SAN='$(SAN)' sh tests/run.sh

.PHONY: check-sensor check-dissectors check-output
check-sensor check-dissectors check-output: ## the unit tests of one room
check-sensor check-dissectors check-output: check-%: build/redis-server
	$(q)$(MAKE) $(jobs) libraries $(call tests_in,$*)
	$(q)$(run_tests) $(call tests_in,$*) $(wildcard tests/$*/check_*.sh)

.PHONY: check-all
check-all:                      ## check, plain and under each sanitizer
	$(q)$(MAKE) check WERROR=1
	$(q)$(MAKE) check WERROR=1 SAN=address,undefined
	$(q)$(MAKE) check WERROR=1 SAN=thread

.PHONY: coverage run-coverage
coverage: setup-check           ## check, and which lines of each room it ran
	$(q)$(MAKE) $(jobs) run-coverage SAN=coverage

run-coverage:
	$(q)find $(BUILD) -name '*.gcda' -exec rm -f {} + 2>/dev/null || :
	$(q)$(MAKE) $(jobs) run-check
	$(q)BUILD='$(BUILD)' sh tests/coverage.sh

.PHONY: fuzz run-fuzzers
fuzz: setup-lint                ## every fuzzer for FUZZ_SECONDS, or FUZZ_RUNS inputs
	$(q)$(MAKE) $(jobs) run-fuzzers CC=clang SAN=fuzz

chosen_fuzzers = $(if $(FUZZ),$(FUZZ:%=$(BUILD)/tests/fuzz/fuzz_%),$(fuzzers))

run-fuzzers: $(chosen_fuzzers)
	$(q)BUILD='$(BUILD)' FUZZ_RUNS='$(FUZZ_RUNS)' FUZZ_LEN='$(FUZZ_LEN)' \
		FUZZ_SEED='$(strip $(FUZZ_SEED))' \
		sh tests/fuzz.sh $(FUZZ_SECONDS) $(chosen_fuzzers)

.PHONY: corpus run-corpus
corpus: setup-check             ## the captures of CORPUS and LAB: found, missed, false
	$(q)$(MAKE) $(jobs) run-corpus

run-corpus: $(program) $(BUILD)/tests/bench/pcap_loop
	$(q)BUILD='$(BUILD)' $(PYTHON) -B tests/corpus/run.py \
		'$(strip $(CORPUS))' '$(strip $(LAB))' '$(strip $(CORPUS_VARIANTS))'

.PHONY: bench run-bench
bench: setup-check              ## speed and memory beside a plain libpcap loop
	$(q)$(MAKE) $(jobs) run-bench

run-bench: $(program) $(yardsticks)
	$(q)BUILD='$(BUILD)' $(PYTHON) -B tests/bench/bench.py \
		'$(strip $(BENCH_MB))' '$(strip $(BENCH_PAIRS))' \
		'$(strip $(BENCH_SLACK))' '$(strip $(BENCH_FLOWS))'

.PHONY: bench-live run-bench-live
bench-live: setup-check         ## cost and losses on an interface and a mirror port
	$(q)$(MAKE) $(jobs) run-bench-live

run-bench-live: $(program) $(yardsticks)
	$(q)BUILD='$(BUILD)' $(PYTHON) -B tests/bench/live.py 64 \
		$(strip $(BENCH_RATE)) $(strip $(BENCH_SECONDS)) $(strip $(BENCH_STEPS))

.PHONY: exhaust run-exhaust
exhaust: setup-check            ## what is to exhaust memory and time, in full
	$(q)$(MAKE) $(jobs) run-exhaust

run-exhaust: $(BUILD)/tests/sensor/test_exhaustion $(BUILD)/tests/sensor/test_work
	$(q)set -e; for t in $^; do EXHAUST='$(strip $(EXHAUST))' $$t; done

.PHONY: layers
layers:                         ## arrows point one way; see tests/layers.sh
	$(q)sh tests/layers.sh

sources  = $(shell find sensor dissectors output tests -name '*.[ch]')
linted   = $(filter-out tests/%,$(filter %.c,$(sources)))
shells   = $(shell grep -rlIE '^\#!.*[/ ](ba)?sh$$' .ci .githooks tests pcaps)

.PHONY: lint run-lint lint-format lint-scripts lint-code
lint: setup-lint                ## layout, naming, bugs, scripts; nothing is changed
	$(q)$(MAKE) -k run-lint

run-lint: layers lint-format lint-scripts lint-code

lint-format:
	$(say) FORMAT 'clang-format'
	$(q)clang-format --dry-run -Werror $(sources)

lint-scripts:
	$(say) SCRIPTS 'shellcheck'
	$(q)shellcheck $(shells)

lint-code:
	$(say) TIDY 'clang-tidy'
	$(q)printf '%s\n' $(linted) | xargs -P $$(nproc) -I FILE clang-tidy \
		--quiet --warnings-as-errors='*' FILE -- $(language) \
		-DSTRAYMAIL_VERSION='"lint"' 2>/dev/null

.PHONY: format
format:                         ## clang-format in place
	$(q)clang-format -i $(sources)

# --- installing --------------------------------------------------------------

# What stands beside the program: the schema of its events, man pages, the rest
# of sensor/dist (Redis users, later a systemd unit).
manuals := $(wildcard sensor/dist/*.8)
shared  := $(strip $(wildcard output/*.schema.json) \
	$(filter-out $(manuals),$(wildcard sensor/dist/*)))

##@ Installing
.PHONY: install
install: all                    ## into DESTDIR/PREFIX
	install -d $(DESTDIR)$(SBINDIR) $(DESTDIR)$(DATADIR) $(DESTDIR)$(MANDIR)/man8
	install -m 0755 $(program) $(DESTDIR)$(SBINDIR)/straymail
	$(if $(shared),install -m 0644 $(shared) $(DESTDIR)$(DATADIR))
	$(if $(manuals),install -m 0644 $(manuals) $(DESTDIR)$(MANDIR)/man8)

##@ The rest
.PHONY: clean
clean:                          ## remove build/ (and end the demo's Redis)
	$(q)sh tests/demo.sh --stop
	rm -rf build

.PHONY: help
help:                           ## this list
	@awk -f tests/help.awk Makefile

# --- quiet unless V=1 --------------------------------------------------------

ifeq ($(V),1)
say := @:
else
q   := @
say = @printf '  %-7s %s\n'
endif

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
