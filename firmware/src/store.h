/* SPDX-License-Identifier: MIT */
/* What outlives power-off, in EEPROM: settings, serial number, the parked position, the number of boots.
 *
 * Each has two copies with a running number and a CRC, and a new one is always written over the older, so that a power cut at
 * any byte leaves the other. Writing takes 3.4 ms a byte and is done by ff_store_poll, one byte at a time; nobody waits.
 */
#ifndef FF_STORE_H
#define FF_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "hal.h"

enum ff_store_item {
    FF_STORE_SETTINGS,
    FF_STORE_SERIAL,
    FF_STORE_LAST_KNOWN,
    FF_STORE_BOOTS,
};

enum ff_store_status {
    FF_STORE_IDLE,
    FF_STORE_BUSY,
    FF_STORE_DONE,   /* said once: it is in the memory and has been read back */
    FF_STORE_FAILED, /* said once: it was read back and differs */
};

struct ff_store {
    const uint8_t *data; /* what is being written; NULL when withdrawing */
    uint16_t address;
    uint8_t length;
    uint8_t at;
    uint8_t number;
    bool busy;
    bool withdrawing;
    uint16_t second; /* withdrawing: the copy that goes last */
    uint16_t crc;
};

/* Copies the newest good copy of `item` into `data` (of the item's size): false, and `data` is anything, if there is none. */
bool ff_store_read(struct ff_hal *hal, enum ff_store_item item, void *data);

/* Whether a copy of `item` was ever begun: a memory that came from its maker, or was erased, is blank. */
bool ff_store_used(struct ff_hal *hal, enum ff_store_item item);

/* Starts to write `item`; `data` must stay as it is until ff_store_poll has said DONE or FAILED. Only when not busy. */
void ff_store_write(struct ff_store *store, struct ff_hal *hal, enum ff_store_item item, const void *data);

/* Starts to make both copies of `item` bad. Only when not busy. */
void ff_store_withdraw(struct ff_store *store, struct ff_hal *hal, enum ff_store_item item);

enum ff_store_status ff_store_poll(struct ff_store *store, struct ff_hal *hal);

#endif
