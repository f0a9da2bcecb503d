/* SPDX-License-Identifier: BSD-2-Clause */
/* Tests of preflight of CPU pools and event channels. */
#include "rows.h"

static const struct row rows[] = {
    {.name = "more vCPUs than the null scheduler has CPUs for",
     .config = "options=sched=null\nkernel=vmlinuz\n",
     .chosen = DOM("domA", ""),
     .expected = "/chosen: warning: the null scheduler has 2 CPUs for 3 vCPUs\n"
                 "  hint: those that are left over never run\n"},
    {.name = "good: as many vCPUs as the null scheduler has CPUs for",
     .config = "options=sched=null dom0_max_vcpus=1\nkernel=vmlinuz\n",
     .chosen = DOM("domA", ""),
     .expected = ""},
    {.name = "a pool of the null scheduler",
     .chosen = "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@1}>;"
               "    cpupool-sched = \"null\"; };" DOM("domA", "domain-cpupool = <&pool>;")
                   DOM("domB", "domain-cpupool = <&pool>;") DOM("domC", ""),
     .expected = "/chosen/pool: warning: the null scheduler has 1 CPUs for 2 vCPUs\n"
                 "  hint: those that are left over never run\n"},
    {.name = "pool without cpus",
     .chosen = "pool { compatible = \"xen,cpupool\"; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool has no CPUs\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of nothing",
     .chosen = "pool { compatible = \"xen,cpupool\"; cpupool-cpus; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool has no CPUs\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of bytes",
     .chosen = "pool { compatible = \"xen,cpupool\"; cpupool-cpus = [00 01]; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool has no CPUs\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of a node that is not there",
     .chosen = "pool { compatible = \"xen,cpupool\"; cpupool-cpus = <0x77>; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool has no CPUs\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of what is not a CPU below /cpus",
     .chosen =
         "pool { compatible = \"xen,cpupool\"; cpupool-cpus = <0x71 0x72>; };" DOM("domA", ""),
     .cpus = "cpu-map { phandle = <0x71>; }; cache { device_type = \"cache\"; phandle = <0x72>; };",
     .expected = "/chosen/pool: error: CPU pool pool: phandle 0x71 in cpupool-cpus is not a CPU\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"
                 "/chosen/pool: error: CPU pool pool: phandle 0x72 in cpupool-cpus is not a CPU\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "pool of no cpu",
     .chosen =
         "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&pool>; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool: phandle 0x2 in cpupool-cpus is not a CPU\n"
                 "  hint: write cpupool-cpus = <&cpu0 &cpu1>\n"},
    {.name = "cpu in two pools",
     .chosen =
         "pool0 { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@0}>; }; pool1 { "
         "compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@1} &{/cpus/cpu@0}>; };" DOM(
             "domA", ""),
     .expected = "/chosen/pool1: error: CPU pool pool1: cpu@0 is in a pool already\n"
                 "  hint: a CPU is in one pool, once\n"},
    {.name = "domain in no pool",
     .chosen = DOM("domA", "domain-cpupool = <&{/cpus/cpu@0}>;"),
     .expected = "/chosen/domA: error: domain domA: domain-cpupool is not a xen,cpupool node\n"
                 "  hint: write domain-cpupool = <&POOL>\n"},
    {.name = "domain in a pool that is not there",
     .chosen = DOM("domA", "domain-cpupool = <0x77>;"),
     .expected = "/chosen/domA: warning: domain domA: domain-cpupool names no node\n"
                 "  hint: Xen puts it into the default pool\n"},
    {.name = "channel without link",
     .chosen = DOM("domA", "port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1>; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: xen,evtchn is not <PORT &REMOTE>\n"},
    {.name = "channel of nothing",
     .chosen = DOM("domA", "port@1 { compatible = \"xen,evtchn-v1\"; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: xen,evtchn is not <PORT &REMOTE>\n"},
    {.name = "channel to a node that is not there",
     .chosen = DOM("domA", CHANNEL("a", "port@1", "1 0x77")),
     .expected = "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to is not an "
                 "event channel\n"
                 "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel to itself",
     .chosen = DOM("domA", CHANNEL("a", "port@1", "1 &a")),
     .expected =
         "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to does not link back\n"
         "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel to one without a link",
     .chosen = DOM("domA", CHANNEL("a", "port@1", "1 &b"))
         DOM("domB", "b: port@1 { compatible = \"xen,evtchn-v1\"; };"),
     .expected = "/chosen/domB/port@1: error: domain domB: xen,evtchn is not <PORT &REMOTE>\n"},
    {.name = "channel to nothing",
     .chosen = DOM("domA",
                   "port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &{/cpus/cpu@0}>; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to is not an "
                 "event channel\n"
                 "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel one way",
     .chosen = DOM("domA", "a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &b>; };")
         DOM("domB", "b: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &c>; }; c: "
                     "port@2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <2 &b>; };"),
     .expected =
         "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to does not link back\n"
         "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel to dom0",
     .chosen = "d: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &a>; };" DOM(
         "domA", "a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &d>; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: what xen,evtchn links to is of dom0, "
                 "which is not started\n"
                 "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel with a large port",
     .chosen = DOM("domA", "a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1024 &b>; };")
         DOM("domB", "b: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &a>; };"),
     .expected = "/chosen/domA/port@1: error: domain domA: an event channel cannot have port 1024\n"
                 "  hint: ports of it go from 1 to 1023\n"},
    {.name = "channel without a port",
     .chosen =
         DOM("domA", CHANNEL("a", "port@1", "0 &b")) DOM("domB", CHANNEL("b", "port@1", "1 &a")),
     .expected = "/chosen/domA/port@1: error: domain domA: an event channel cannot have port 0\n"
                 "  hint: ports of it go from 1 to 1023\n"},
    {.name = "channels with one port",
     .chosen = DOM("domA", "a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &c>; }; b: "
                           "port@2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &d>; };")
         DOM("domB", "c: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &a>; }; d: "
                     "port@2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <2 &b>; };"),
     .expected = "/chosen/domA/port@2: error: domain domA: two event channels have port 1\n"
                 "  hint: give each its own\n"},
    {.name = "good: event channels",
     .config = "options=dom0_mem=128M\nkernel=vmlinuz\n",
     .chosen = "d: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <0xa &a>; };" DOM(
         "domA",
         "xen,enhanced = \"no-xenstore\"; a: port@1 { compatible = \"xen,evtchn-v1\"; xen,evtchn = "
         "<0xa &d>; }; b: port@2 { compatible = \"xen,evtchn-v1\"; xen,evtchn = <0xb &c>; };")
         DOM("domB", "xen,enhanced = \"no-xenstore\"; c: port@1 { compatible = \"xen,evtchn-v1\"; "
                     "xen,evtchn = <0xb &b>; };"),
     .expected = ""},
    {.name = "good: cpu pools",
     .chosen = "pool0: pool0 { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@0}>; "
               "cpupool-sched = \"null\"; };" DOM("domA", "domain-cpupool = <&pool0>;"),
     .expected = ""},
    {.name = "pool that goes on with nothing",
     .chosen = "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@0} 0x777>;  "
               "};" DOM("domA", ""),
     .expected =
         "/chosen/pool: warning: CPU pool pool: phandle 0x777 in cpupool-cpus names no node\n"
         "  hint: Xen reads no further\n"},
    {.name = "pool of a cpu that is off",
     .config = "options=maxcpus=1\n",
     .chosen =
         "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@1}>;  };" DOM(
             "domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool: cpu@1 is not started\n"
                 "  hint: maxcpus= leaves it off\n"},
    {.name = "pool of an unknown scheduler",
     .chosen = "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@0}>; "
               "cpupool-sched = \"fair\"; };" DOM("domA", ""),
     .expected = "/chosen/pool: error: CPU pool pool: xen.efi has no scheduler \"fair\"\n"
                 "  hint: they are credit, credit2, null, rtds and arinc653, if built\n"},
    {.name = "pool of a Xen without pools",
     .xen = "4.17",
     .lacks = "CONFIG_BOOT_TIME_CPUPOOLS",
     .chosen = "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <0x777>;  };" DOM(
         "domA", "domain-cpupool = <0x777>;"),
     .expected =
         "/chosen/pool: warning: dom0: xen.efi does not know the node xen,cpupool and ignores it\n"
         "  hint: one that is built with CONFIG_BOOT_TIME_CPUPOOLS does\n"
         "/chosen/domA: warning: domain domA: domain-cpupool names no node\n"
         "  hint: Xen puts it into the default pool\n"},
    {.name = "vcpu bound to a cpu that is not there",
     .chosen =
         DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"0-2\"; };"),
     .expected =
         "/chosen/domA/vcpu0: error: domain domA: hard-affinity has CPU 2, which is not there\n"
         "  hint: Xen starts 2\n"},
    {.name = "vcpu bound to a cpu that is off",
     .config = "options=maxcpus=1\n",
     .chosen =
         DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"1\"; };"),
     .expected =
         "/chosen/domA/vcpu0: error: domain domA: hard-affinity has CPU 1, which is not there\n"
         "  hint: Xen starts 1\n"},
    {.name = "vcpu bound to nothing",
     .chosen = DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"\"; };"),
     .expected = "/chosen/domA/vcpu0: error: domain domA: hard-affinity has no CPU\n"
                 "  hint: write numbers and ranges: \"0-2,5\"\n"},
    {.name = "vcpu bound backwards",
     .chosen =
         DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"1-0\"; };"),
     .expected = "/chosen/domA/vcpu0: error: domain domA: hard-affinity has no CPU\n"
                 "  hint: write numbers and ranges: \"0-2,5\"\n"},
    {.name = "vcpu bound to words",
     .chosen =
         DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"0 1\"; };"),
     .expected = "/chosen/domA/vcpu0: warning: domain domA: Xen reads hard-affinity up to \" 1\"\n"
                 "  hint: write numbers and ranges: \"0-2,5\"\n"},
    {.name = "vcpu bound outside its pool",
     .chosen =
         "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@0}>;  };" DOM(
             "domA", "domain-cpupool = <&pool>;vcpu0 { compatible = \"xen,vcpu\"; id = <0>; "
                     "hard-affinity = \"1\"; };"),
     .expected =
         "/chosen/domA/vcpu0: error: domain domA: hard-affinity has no CPU of the domain's pool\n"
         "  hint: bind it to CPUs of the pool\n"},
    {.name = "vcpu bound to what a pool has",
     .chosen =
         "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@1}>;  };" DOM(
             "domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"1\"; };"),
     .expected =
         "/chosen/domA/vcpu0: error: domain domA: hard-affinity has no CPU of the domain's pool\n"
         "  hint: bind it to CPUs of the pool\n"},
    {.name = "good: vcpu bound to a pool",
     .chosen =
         "pool: pool { compatible = \"xen,cpupool\"; cpupool-cpus = <&{/cpus/cpu@1}>;  };" DOM(
             "domA", "domain-cpupool = <&pool>;vcpu0 { compatible = \"xen,vcpu\"; id = <0>; "
                     "hard-affinity = \"0-1,\"; };"),
     .expected = ""},
    {.name = "good: vcpu of a Xen that does not bind",
     .xen = "4.20",
     .chosen =
         DOM("domA", "vcpu0 { compatible = \"xen,vcpu\"; id = <0>; hard-affinity = \"7\"; };"),
     .expected = "/chosen/domA/vcpu0: warning: domain domA: xen.efi does not know the node "
                 "xen,vcpu and ignores it\n"
                 "  hint: Xen 4.21 and later do\n"},
    {.name = "good: channels of one domain",
     .chosen = DOM("domA", CHANNEL("a", "a", "1 &b") CHANNEL("b", "b", "2 &a")),
     .expected = ""},
    {.name = "good: second channel without a port",
     .chosen = DOM("domA", CHANNEL("a", "a", "1 &b")) DOM("domB", CHANNEL("b", "b", "0 &a")),
     .expected = ""},
    {.name = "channel to one that has no compatible",
     .chosen = DOM("domA", CHANNEL("a", "a", "1 &b"))
         DOM("domB", "b: b { xen,evtchn = <2 &a>; };" CHANNEL("c", "c", "2 &d"))
             DOM("domC", CHANNEL("d", "d", "1 &c")),
     .expected = "/chosen/domB/b: warning: domain domB: Xen has no use for the node b\n"
                 "/chosen/domB/c: error: domain domB: two event channels have port 2\n"
                 "  hint: give each its own\n"},
    {.name = "good: channel that is not referred to, and links back to nothing",
     .chosen = DOM("domA", "a { compatible = \"xen,evtchn-v1\"; xen,evtchn = <1 &b>; };")
         DOM("domB", CHANNEL("b", "b", "2 0")),
     .expected = ""},
    {.name = "channel to less than one",
     .chosen = DOM("domA", CHANNEL("a", "a", "1 &b")) DOM("domB", "b: b { xen,evtchn = <2>; };"),
     .expected = "/chosen/domA/a: error: domain domA: what xen,evtchn links to is not an event "
                 "channel\n"
                 "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"
                 "/chosen/domB/b: warning: domain domB: Xen has no use for the node b\n"},
    {.name = "channel to one of no domain",
     .chosen = DOM("domA", CHANNEL("a", "a", "1 &b")) "other {" CHANNEL("b", "b", "1 &a") "};",
     .expected = "/chosen/domA/a: error: domain domA: what xen,evtchn links to is not an event "
                 "channel\n"
                 "  hint: two xen,evtchn-v1 nodes of started domains link to each other\n"},
    {.name = "channel of three cells",
     .chosen = DOM("domA", CHANNEL("a", "a", "1 &b 5")) DOM("domB", CHANNEL("b", "b", "1 &a")),
     .expected = ""},
    {.name = "port of xenstore",
     .config = "kernel=vmlinuz\noptions=dom0_mem=128M\n",
     .chosen = DOM("domA", "xen,enhanced;" CHANNEL("a", "a", "1 &b"))
         DOM("domB", CHANNEL("b", "b", "1 &a")),
     .expected = "/chosen/domA/a: error: domain domA: xenstore has port 1 already\n"
                 "  hint: choose another one\n"},
    {.name = "large port of dom0",
     .config = "kernel=vmlinuz\noptions=dom0_mem=128M\n",
     .chosen = CHANNEL("a", "a", "4096 &b") DOM("domB", CHANNEL("b", "b", "1 &a")),
     .expected = "/chosen/a: error: dom0: an event channel cannot have port 4096\n"
                 "  hint: ports of it go from 1 to 4095\n"},
    {.name = "good: channel of a hardware domain",
     .chosen = CHANNEL("a", "a", "4095 &b")
         DOM("domA", "capabilities = <2>; direct-map; xen,static-mem = <0 0x60000000 0 0x8000000>;")
             DOM("domB", CHANNEL("b", "b", "1 &a")),
     .expected = ""},
    {.name = "good: channels of nobody",
     .chosen = CHANNEL("a", "a", "1 &b") CHANNEL("b", "b", "1 &a") DOM("domB", ""),
     .expected = ""},
    {.name = "good: channels of a Xen without them",
     .xen = "4.20",
     .lacks = "CONFIG_STATIC_EVTCHN",
     .chosen = DOM("domA", CHANNEL("a", "a", "0 &a")),
     .expected = "/chosen/domA/a: warning: domain domA: xen.efi does not know the node "
                 "xen,evtchn-v1 and ignores it\n"
                 "  hint: one that is built with CONFIG_STATIC_EVTCHN does\n"},
};

int main(void)
{
    return rows_run("preflight links", rows, sizeof(rows) / sizeof(rows[0]), NULL, 0);
}
