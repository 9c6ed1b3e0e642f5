/* SPDX-License-Identifier: MIT */
/* Between engine.c and virtual.c. */
#ifndef FF_HOST_ENGINE_H
#define FF_HOST_ENGINE_H

#include "virtual.h"

/* When the engine's next thing is due; UINT64_MAX at rest. */
uint64_t engine_next(const struct ff_hal *hal);

/* `now` is there. */
void engine_happen(struct ff_hal *hal);

void virtual_log_pin(struct ff_hal *hal, uint8_t pin, bool level);

/* A step edge, at `now`. */
void virtual_step(struct ff_hal *hal);

#endif
