/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */

/* Kernel modules that come and go: a firewall can leave by the back door of rmmod.
 *
 * tp_btf/module_load fires when the module is linked and before its init runs, module_free when the
 * last reference is gone. A kernel without modules has neither: these two are optional. */

static __always_inline int report_module(struct module *module, __u16 flags)
{
        struct ww_module record = {};

        if (!is_on_duty())
                return 0;
        fill_header(&record.header, WW_MODULE, sizeof(record));
        record.header.flags = flags;
        fill_task(&record.task, (void *)bpf_get_current_task());
        bpf_probe_read_kernel_str(record.name, sizeof(record.name),
                                  (void *)module + bpf_core_field_offset(struct module, name));
        put(&record, sizeof(record), WW_OTHER, BPF_RB_FORCE_WAKEUP);
        return 0;
}

SEC("tp_btf/module_load")
int BPF_PROG(module_load, struct module *module)
{
        return report_module(module, WW_MODULE_LOADED);
}

SEC("tp_btf/module_free")
int BPF_PROG(module_free, struct module *module)
{
        return report_module(module, 0);
}
