/* SPDX-License-Identifier: MIT */
/* A copy: number u8 · data · crc u16. The CRC starts from LAYOUT, so that another version's layout is no good copy. */
#include "store.h"

#include "crc.h"
#include "flash.h"
#include "unit.h"

#define LAYOUT 0x4601u
#define COPY_EXTRA 3u

static FF_FLASH struct item {
    uint16_t address;
    uint8_t length;
    uint8_t stride;
} items[] = {
    [FF_STORE_SETTINGS] = {0x000, sizeof(struct ff_settings), 64},
    [FF_STORE_SERIAL] = {0x080, 8, 16},
    [FF_STORE_LAST_KNOWN] = {0x0A0, sizeof(struct ff_last_known), 16},
    [FF_STORE_BOOTS] = {0x0C0, 4, 8},
};

_Static_assert(sizeof(struct ff_settings) + COPY_EXTRA <= 64, "a copy of the settings must fit its stride");
_Static_assert(sizeof(struct ff_last_known) + COPY_EXTRA <= 16, "a copy of the parked position must fit its stride");

static bool copy_good(struct ff_hal *hal, uint16_t address, uint8_t length)
{
    uint16_t crc = LAYOUT;
    uint8_t at;
    for (at = 0; at <= length; at++) {
        uint8_t byte = ff_hal_eeprom_read(hal, (uint16_t)(address + at));
        crc = ff_crc16(crc, &byte, 1);
    }
    return ff_hal_eeprom_read(hal, (uint16_t)(address + at)) == (uint8_t)crc &&
           ff_hal_eeprom_read(hal, (uint16_t)(address + at + 1u)) == (uint8_t)(crc >> 8);
}

/* The address of the newest good copy, or 0xFFFF. */
static uint16_t newest(struct ff_hal *hal, enum ff_store_item item)
{
    uint16_t first = items[item].address;
    uint16_t second = (uint16_t)(first + items[item].stride);
    bool first_good = copy_good(hal, first, items[item].length);
    bool second_good = copy_good(hal, second, items[item].length);
    if (first_good && second_good) {
        uint8_t ahead = (uint8_t)(ff_hal_eeprom_read(hal, second) - ff_hal_eeprom_read(hal, first));
        return ahead < 0x80u ? second : first;
    }
    return first_good ? first : second_good ? second : 0xFFFFu;
}

bool ff_store_read(struct ff_hal *hal, enum ff_store_item item, void *data)
{
    uint16_t address = newest(hal, item);
    uint8_t *to = data;
    uint8_t at;
    if (address == 0xFFFFu)
        return false;
    for (at = 0; at < items[item].length; at++)
        to[at] = ff_hal_eeprom_read(hal, (uint16_t)(address + 1u + at));
    return true;
}

bool ff_store_used(struct ff_hal *hal, enum ff_store_item item)
{
    uint16_t first = items[item].address;
    /* The number is written first, and those of two copies differ. */
    return (ff_hal_eeprom_read(hal, first) & ff_hal_eeprom_read(hal, (uint16_t)(first + items[item].stride))) != 0xFFu;
}

void ff_store_write(struct ff_store *store, struct ff_hal *hal, enum ff_store_item item, const void *data)
{
    uint16_t old = newest(hal, item);
    store->data = data;
    store->length = items[item].length;
    store->address = items[item].address;
    store->number = 0;
    if (old == items[item].address)
        store->address = (uint16_t)(store->address + items[item].stride);
    if (old != 0xFFFFu)
        store->number = (uint8_t)(ff_hal_eeprom_read(hal, old) + 1u);
    store->crc = ff_crc16(ff_crc16(LAYOUT, &store->number, 1), store->data, store->length);
    store->at = 0;
    store->busy = true;
    store->withdrawing = false;
}

/* The newest copy goes last: cut in between, what is left is what was true. */
void ff_store_withdraw(struct ff_store *store, struct ff_hal *hal, enum ff_store_item item)
{
    uint16_t last = newest(hal, item);
    store->length = items[item].length;
    store->address = items[item].address;
    if (last == 0xFFFFu)
        return;
    if (last == store->address)
        store->address = (uint16_t)(store->address + items[item].stride);
    store->second = last;
    store->busy = true;
    store->withdrawing = true;
}

static uint8_t byte_at(const struct ff_store *store, uint8_t at)
{
    if (at == 0)
        return store->number;
    if (at <= store->length)
        return store->data[at - 1u];
    if (at == store->length + 1u)
        return (uint8_t)store->crc;
    return (uint8_t)(store->crc >> 8);
}

static enum ff_store_status poll_withdraw(struct ff_store *store, struct ff_hal *hal)
{
    if (copy_good(hal, store->address, store->length)) {
        uint16_t crc_at = (uint16_t)(store->address + store->length + 1u);
        ff_hal_eeprom_write(hal, crc_at, (uint8_t)~ff_hal_eeprom_read(hal, crc_at));
        return FF_STORE_BUSY;
    }
    if (store->address != store->second) {
        store->address = store->second;
        return FF_STORE_BUSY;
    }
    store->busy = false;
    return FF_STORE_DONE;
}

enum ff_store_status ff_store_poll(struct ff_store *store, struct ff_hal *hal)
{
    if (!store->busy)
        return FF_STORE_IDLE;
    if (ff_hal_eeprom_busy(hal))
        return FF_STORE_BUSY;
    if (store->withdrawing)
        return poll_withdraw(store, hal);
    for (; store->at < store->length + COPY_EXTRA; store->at++) {
        uint16_t address = (uint16_t)(store->address + store->at);
        uint8_t byte = byte_at(store, store->at);
        if (ff_hal_eeprom_read(hal, address) != byte) {
            ff_hal_eeprom_write(hal, address, byte);
            store->at++;
            return FF_STORE_BUSY;
        }
    }
    store->busy = false;
    return copy_good(hal, store->address, store->length) ? FF_STORE_DONE : FF_STORE_FAILED;
}
