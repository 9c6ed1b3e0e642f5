/* SPDX-License-Identifier: MIT */
/* FF_FLASH marks constant tables, so that on a Harvard machine they take no RAM. */
#ifndef FF_FLASH_H
#define FF_FLASH_H

#ifdef __FLASH
#define FF_FLASH const __flash
#else
#define FF_FLASH const
#endif

#endif
