/* void lc_self_registers(uintptr_t registers[17]): what the caller has in the registers that calls preserve, as
 * it will be when this returns, by DWARF number (System V ABI, AMD64, 3.6.2): rbx 3, rbp 6, rsp 7, r12 to r15,
 * and rip 16. The others are left alone. */
    .text
    .globl lc_self_registers
    .hidden lc_self_registers
    .type lc_self_registers, @function
lc_self_registers:
    .cfi_startproc
    movq %rbx, 24(%rdi)
    movq %rbp, 48(%rdi)
    leaq 8(%rsp), %rax
    movq %rax, 56(%rdi)
    movq %r12, 96(%rdi)
    movq %r13, 104(%rdi)
    movq %r14, 112(%rdi)
    movq %r15, 120(%rdi)
    movq (%rsp), %rax
    movq %rax, 128(%rdi)
    ret
    .cfi_endproc
    .size lc_self_registers, . - lc_self_registers
    .section .note.GNU-stack, "", @progbits
