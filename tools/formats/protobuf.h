/* Protocol Buffers' wire format, as much of it as a profile needs: numbers, texts, and messages in messages. */
#ifndef LC_TOOLS_FORMATS_PROTOBUF_H
#define LC_TOOLS_FORMATS_PROTOBUF_H

#include "base/out.h"

/* A message while it is made. Zero-initialised is valid. */
struct lc_message {
    unsigned char *at;
    size_t len, capacity;
};

/* Adds a field. A number that is 0 is left out, as its reader takes a missing one. */
void lc_message_number(struct lc_message *m, unsigned field, uint64_t number);
void lc_message_bytes(struct lc_message *m, unsigned field, const void *bytes, size_t len);

/* Adds `inner` as a field, and empties it for the next one. */
void lc_message_add(struct lc_message *m, unsigned field, struct lc_message *inner);

/* A packed list of numbers: all of them, 0 too. */
void lc_message_numbers(struct lc_message *m, unsigned field, const uint64_t *numbers, size_t count);

/* Writes it, and empties it. */
void lc_message_put(struct lc_out *out, struct lc_message *m);
void lc_message_free(struct lc_message *m);

#endif
