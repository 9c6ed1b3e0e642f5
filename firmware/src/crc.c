/* SPDX-License-Identifier: MIT */
#include "crc.h"

#include "flash.h"

/* Byte by byte without a table: x gathers the bits that the polynomial 0x1021 feeds back. */
uint16_t ff_crc16(uint16_t crc, const uint8_t *bytes, uint8_t length)
{
    while (length--) {
        uint8_t x = (uint8_t)((uint8_t)(crc >> 8) ^ *bytes++);
        x ^= (uint8_t)(x >> 4);
        crc = (uint16_t)((uint16_t)(crc << 8) ^ (uint16_t)((uint16_t)x << 12) ^ (uint16_t)((uint16_t)x << 5) ^ x);
    }
    return crc;
}

static FF_FLASH uint32_t crc32_nibble[16] = {
    0x00000000UL, 0x1DB71064UL, 0x3B6E20C8UL, 0x26D930ACUL, 0x76DC4190UL, 0x6B6B51F4UL, 0x4DB26158UL, 0x5005713CUL,
    0xEDB88320UL, 0xF00F9344UL, 0xD6D6A3E8UL, 0xCB61B38CUL, 0x9B64C2B0UL, 0x86D3D2D4UL, 0xA00AE278UL, 0xBDBDF21CUL,
};

uint32_t ff_crc32(uint32_t crc, const uint8_t *bytes, uint8_t length)
{
    crc = ~crc;
    while (length--) {
        crc ^= *bytes++;
        crc = (crc >> 4) ^ crc32_nibble[crc & 15u];
        crc = (crc >> 4) ^ crc32_nibble[crc & 15u];
    }
    return ~crc;
}
