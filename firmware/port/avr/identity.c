/* SPDX-License-Identifier: MIT */
/* What the image is, in the image: followfocus/firmware.py looks for it before it writes a board. The linker is told to keep it. */
#include <avr/pgmspace.h>

#include "unit.h"

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
#define VERSION TEXT(FF_FIRMWARE_MAJOR) "." TEXT(FF_FIRMWARE_MINOR) "." TEXT(FF_FIRMWARE_PATCH)

extern const char ff_identity[];
const char ff_identity[] PROGMEM = "\0followfocus atmega328p " VERSION;
