#include "unwind/fde.h"

#include <dlfcn.h>
#include <link.h>

/* Pointer encodings (LSB 5.0, 10.5.1). */
enum {
    PE_ABSOLUTE = 0x00,
    PE_ULEB = 0x01,
    PE_UDATA2 = 0x02,
    PE_UDATA4 = 0x03,
    PE_UDATA8 = 0x04,
    PE_SLEB = 0x09,
    PE_SDATA2 = 0x0a,
    PE_SDATA4 = 0x0b,
    PE_SDATA8 = 0x0c,
    PE_FORMAT = 0x0f,
    PE_PC_RELATIVE = 0x10,
    PE_DATA_RELATIVE = 0x30,
    PE_RELATIVE = 0x70,
    PE_OMITTED = 0xff,
};

/* One row of the look-up table of .eh_frame_hdr, both relative to the header. */
struct table_row {
    int32_t code;
    int32_t fde;
};

/* A CIE or an FDE: what follows its length and id. */
struct record {
    struct lc_bytes body;
    const uint8_t *id_at;
    uint32_t id; /* 0: a CIE; else the distance from id_at back to the CIE */
};

static uint64_t read_format(struct lc_bytes *b, unsigned encoding)
{
    switch (encoding & PE_FORMAT) {
    case PE_ULEB:
        return lc_bytes_uleb(b);
    case PE_SLEB:
        return (uint64_t)lc_bytes_sleb(b);
    case PE_UDATA2:
        return lc_bytes_fixed(b, 2);
    case PE_SDATA2:
        return (uint64_t)lc_bytes_signed(b, 2);
    case PE_UDATA4:
        return lc_bytes_fixed(b, 4);
    case PE_SDATA4:
        return (uint64_t)lc_bytes_signed(b, 4);
    case PE_ABSOLUTE:
    case PE_UDATA8:
    case PE_SDATA8:
        return lc_bytes_fixed(b, 8);
    default:
        b->bad = true;
        return 0;
    }
}

/* An encoded pointer; `data` is what data-relative ones are relative to. */
static uintptr_t read_pointer(struct lc_bytes *b, unsigned encoding, uintptr_t data)
{
    const uintptr_t here = (uintptr_t)b->at;
    const uintptr_t value = read_format(b, encoding);
    switch (encoding & PE_RELATIVE) {
    case 0:
        return value;
    case PE_PC_RELATIVE:
        return here + value;
    case PE_DATA_RELATIVE:
        return data + value;
    default:
        b->bad = true;
        return 0;
    }
}

/* The record at `at`, which must end before `limit`; false at the terminator too. */
static bool read_record(const uint8_t *at, const uint8_t *limit, struct record *out)
{
    struct lc_bytes b = {at, limit, false};
    uint64_t length = lc_bytes_fixed(&b, 4);
    if (length == 0xffffffff)
        length = lc_bytes_fixed(&b, 8);
    const uint8_t *body = lc_bytes_take(&b, length);
    if (!body || length < 4)
        return false;
    out->id_at = body;
    out->body = (struct lc_bytes){body, body + length, false};
    out->id = (uint32_t)lc_bytes_fixed(&out->body, 4);
    return true;
}

/* What the augmentation string says, to `*pointers` (the encoding of an FDE's addresses) and to `out`. */
static void read_augmentation(struct lc_bytes *b, const char *letters, unsigned *pointers, struct lc_fde *out)
{
    for (; *letters; letters++) {
        switch (*letters) {
        case 'R':
            *pointers = (unsigned)lc_bytes_fixed(b, 1);
            break;
        case 'L':
            lc_bytes_take(b, 1);
            break;
        case 'P':
            read_format(b, (unsigned)lc_bytes_fixed(b, 1));
            break;
        case 'S':
            out->is_signal_frame = true;
            break;
        default: /* what comes after it is unknown, but its length is not */
            return;
        }
    }
}

static bool read_cie(struct record *cie, unsigned *pointers, bool *augmented, struct lc_fde *out)
{
    struct lc_bytes *b = &cie->body;
    const unsigned version = (unsigned)lc_bytes_fixed(b, 1);
    const char *letters = (const char *)b->at;
    while (lc_bytes_fixed(b, 1))
        ;
    out->code_align = lc_bytes_uleb(b);
    out->data_align = lc_bytes_sleb(b);
    out->return_column = (unsigned)(version == 1 ? lc_bytes_fixed(b, 1) : lc_bytes_uleb(b));
    *pointers = PE_ABSOLUTE;
    *augmented = letters[0] == 'z';
    out->is_signal_frame = false;
    if (*augmented) {
        const uint64_t length = lc_bytes_uleb(b);
        struct lc_bytes data = {b->at, b->at + length, false};
        if (!lc_bytes_take(b, length))
            return false;
        read_augmentation(&data, letters + 1, pointers, out);
    } else if (letters[0]) {
        return false; /* gcc 2's "eh" */
    }
    out->initial = *b;
    return !b->bad && (version == 1 || version == 3);
}

/* The FDE record `fde` with its CIE. */
static bool read_fde(struct record *fde, struct lc_range module, struct lc_fde *out)
{
    unsigned pointers;
    bool augmented;
    struct record cie;
    const uint8_t *cie_at = fde->id_at - fde->id;
    if (!lc_range_has(module, (uintptr_t)cie_at) || !read_record(cie_at, (const uint8_t *)module.end, &cie) ||
        cie.id || !read_cie(&cie, &pointers, &augmented, out))
        return false;
    struct lc_bytes *b = &fde->body;
    out->code.start = read_pointer(b, pointers, 0);
    out->code.end = out->code.start + read_format(b, pointers);
    if (augmented)
        lc_bytes_take(b, lc_bytes_uleb(b));
    out->program = *b;
    return !b->bad;
}

/* By bisection, the FDE of the last row that starts at or before `address`. */
static const uint8_t *search_table(const struct table_row *rows, uint64_t count, uintptr_t header,
                                   uintptr_t address)
{
    const intptr_t wanted = (intptr_t)(address - header);
    uint64_t low = 0, high = count;
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        if (rows[middle].code <= wanted)
            low = middle + 1;
        else
            high = middle;
    }
    return low ? (const uint8_t *)(header + (uintptr_t)(intptr_t)rows[low - 1].fde) : NULL;
}

/* A linker that does not understand some .eh_frame leaves the table out: then every record is looked at. */
static bool search_records(const uint8_t *at, struct lc_range module, uintptr_t address, struct lc_fde *out)
{
    struct record r;
    while (read_record(at, (const uint8_t *)module.end, &r)) {
        at = r.body.end;
        if (r.id && read_fde(&r, module, out) && lc_range_has(out->code, address))
            return true;
    }
    return false;
}

/* The .eh_frame_hdr of the module at `address`, and in `*around` the mapped range with it and what it
 * describes. A module whose segments do not touch each other is found segment by segment: then the header is
 * in another. */
static const uint8_t *find_header(uintptr_t address, struct lc_range *around)
{
    struct dl_find_object module;
    if (_dl_find_object((void *)address, &module) || !module.dlfo_eh_frame)
        return NULL;
    *around = (struct lc_range){(uintptr_t)module.dlfo_map_start, (uintptr_t)module.dlfo_map_end};
    if (lc_range_has(*around, (uintptr_t)module.dlfo_eh_frame))
        return module.dlfo_eh_frame;
    if (_dl_find_object(module.dlfo_eh_frame, &module))
        return NULL;
    *around = (struct lc_range){(uintptr_t)module.dlfo_map_start, (uintptr_t)module.dlfo_map_end};
    return module.dlfo_eh_frame;
}

/* Reads the record at `at` if it is the FDE that covers `address`. */
static bool read_covering(const uint8_t *at, struct lc_range module, uintptr_t address, struct lc_fde *out)
{
    struct record r;
    return at && lc_range_has(module, (uintptr_t)at) && read_record(at, (const uint8_t *)module.end, &r) &&
           r.id && read_fde(&r, module, out) && lc_range_has(out->code, address);
}

bool lc_fde_find(uintptr_t address, struct lc_fde *out)
{
    struct lc_range module;
    const uint8_t *header = find_header(address, &module);
    if (!header)
        return false;
    struct lc_bytes b = {header, (const uint8_t *)module.end, false};
    const unsigned version = (unsigned)lc_bytes_fixed(&b, 1);
    const unsigned records_encoding = (unsigned)lc_bytes_fixed(&b, 1);
    const unsigned count_encoding = (unsigned)lc_bytes_fixed(&b, 1);
    const unsigned table_encoding = (unsigned)lc_bytes_fixed(&b, 1);
    const uintptr_t records = read_pointer(&b, records_encoding, (uintptr_t)header);
    if (version != 1 || b.bad)
        return false;
    if (count_encoding == PE_OMITTED || table_encoding != (PE_DATA_RELATIVE | PE_SDATA4))
        return lc_range_has(module, records) &&
               search_records((const uint8_t *)records, module, address, out);

    const uint64_t count = read_format(&b, count_encoding);
    const struct table_row *rows = (const struct table_row *)(const void *)b.at;
    if (count > UINT32_MAX || !lc_bytes_take(&b, count * sizeof *rows))
        return false;
    return read_covering(search_table(rows, count, (uintptr_t)header, address), module, address, out);
}
