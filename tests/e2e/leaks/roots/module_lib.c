/* What module.c loads. */
void *in_data = &in_data;
void *in_bss;

void hold_in_data(void *p)
{
    in_data = p;
}

void hold_in_bss(void *p)
{
    in_bss = p;
}
