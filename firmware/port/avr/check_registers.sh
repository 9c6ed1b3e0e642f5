#!/bin/sh
# SPDX-License-Identifier: MIT
# Reads the linked program back: r2 to r9 must be written by the interrupts and the engine's own inline assembly only.
# A library function that saved and used one of them would be harmless alone, and fatal when the compare interrupt comes in
# between. The way out of a function that all of them share (-mcall-prologues) would restore r2 to r9 too: nobody may come in there
# before it is at r10, 16 bytes on. usage: check_registers.sh ELF
set -eu
found=$(avr-objdump -d "$1" | awk '
    /^[0-9a-f]+ <.*>:$/ { name = $2; gsub(/[<>:]/, "", name) }
    name ~ /^(__vector_.*|__trampolines_end|__epilogue_restores__)$/ { next }
    /<__epilogue_restores__(\+0x[0-9a-f])?>$/ { print name ": " $0 }
    /\t(add|adc|sub|sbc|and|or|eor|mov|movw|com|neg|inc|dec|clr|lsl|lsr|ror|asr|swap|ld|ldd|lds|lpm|in|pop|bld)\t/ {
        target = $0
        sub(/^.*\t(add|adc|sub|sbc|and|or|eor|mov|movw|com|neg|inc|dec|clr|lsl|lsr|ror|asr|swap|ld|ldd|lds|lpm|in|pop|bld)\t/, "", target)
        sub(/,.*/, "", target)
        sub(/[ \t].*/, "", target)
        if (target ~ /^r[2-9]$/ && name !~ /^(take_record|take_step|plan|ff_hal_steps_arm|ff_hal_steps_switch|set_fast_.*|look_ahead.*|aim.*)/)
            print name ": " $0
    }')
if [ -n "$found" ]; then
    echo "registers of the compare interrupt are used elsewhere:" >&2
    echo "$found" >&2
    exit 1
fi
