/* SPDX-License-Identifier: MIT */
/* CRC-16/XMODEM for frames and stored settings, CRC-32 (zlib's) for profiles. */
#ifndef FF_CRC_H
#define FF_CRC_H

#include <stdint.h>

/* `crc` is 0 at first, or what the call before gave. "123456789" gives 0x31C3. */
uint16_t ff_crc16(uint16_t crc, const uint8_t *bytes, uint8_t length);

/* `crc` is 0 at first, or what the call before gave. "123456789" gives 0xCBF43926. */
uint32_t ff_crc32(uint32_t crc, const uint8_t *bytes, uint8_t length);

#endif
