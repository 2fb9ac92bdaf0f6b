# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a guest. Written by tests/tools/option_docs.py from docs/options/domain.yml and the rows of the options."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._options_domain)."""

    DOCUMENTATION = r"""
options:
  memory:
    description:
      - The memory of the guest, such as V(4GiB) or V(512MiB). A new guest needs it. In libvirt's XML, C(memory).
      - A guest that had all of its memory has all of the new one; one that was given less keeps that while it fits.
    type: str
  vcpus:
    description:
      - The number of virtual CPUs that the guest can have. In libvirt's XML, the text of C(vcpu).
      - Fewer that the guest has now stay as they are while they fit; O(current_vcpus) changes them.
    type: int
  title:
    description:
      - A short title, which libvirt's lists can show. An empty one removes it.
      - "In libvirt's XML: C(title)."
    type: str
  description:
    description:
      - A description for people. An empty one removes it.
      - "In libvirt's XML: C(description)."
    type: str
  type:
    description:
      - What runs the guest, such as V(kvm), V(xen) or V(lxc). V(qemu) emulates the CPU, which needs no KVM and is slow.
      - "In libvirt's XML: C(@type)."
    type: str
  os_type:
    description:
      - How the guest starts. V(hvm) boots like a machine, V(exe) is a container, V(xen) and V(xenpvh) are kinds of Xen
        guests.
      - "In libvirt's XML: C(os/type)."
    type: str
  arch:
    description:
      - The architecture of its CPU, such as V(x86_64) or V(aarch64); that of the host where none is given.
      - "In libvirt's XML: C(os/type@arch)."
    type: str
  machine:
    description:
      - The board that is emulated, such as V(q35) or V(virt). libvirt makes it the newest version when the guest is defined,
        such as V(pc-q35-7.2), and keeps that.
      - "In libvirt's XML: C(os/type@machine)."
    type: str
  firmware:
    description:
      - The firmware that libvirt picks from what the host has, V(bios) or V(efi). O(loader) and O(nvram) name the files
        by hand.
      - "In libvirt's XML: C(os@firmware)."
    type: str
    choices:
      - bios
      - efi
  firmware_features:
    description:
      - What firmware to pick must, or must not, be able to do.
      - "In libvirt's XML: C(os/firmware/feature)."
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The feature, such as V(secure-boot) or V(enrolled-keys).
          - "In libvirt's XML: C(os/firmware/feature@name)."
        type: str
        required: true
      enabled:
        description:
          - Whether it has to be there.
          - "In libvirt's XML: C(os/firmware/feature@enabled)."
        type: bool
        required: true
  loader:
    description:
      - The firmware, as a file on the host.
    type: dict
    suboptions:
      path:
        description:
          - The path of the file.
          - "In libvirt's XML: C(os/loader)."
        type: str
      type:
        description:
          - Whether the guest sees it as V(rom) or as V(pflash), which UEFI needs.
          - "In libvirt's XML: C(os/loader@type)."
        type: str
        choices:
          - rom
          - pflash
      readonly:
        description:
          - Whether the guest cannot write to it.
          - "In libvirt's XML: C(os/loader@readonly)."
        type: bool
      secure:
        description:
          - Whether it is built for secure boot, which also needs O(features.smm).
          - "In libvirt's XML: C(os/loader@secure)."
        type: bool
      stateless:
        description:
          - Whether it works without a store of variables.
          - "In libvirt's XML: C(os/loader@stateless); needs libvirt 8.6."
        type: bool
      format:
        description:
          - The format of the file.
          - "In libvirt's XML: C(os/loader@format); needs libvirt 9.2."
        type: str
        choices:
          - raw
          - qcow2
  nvram:
    description:
      - The store of UEFI variables of the guest.
    type: dict
    suboptions:
      path:
        description:
          - The path of its file. libvirt names one after the guest.
          - "In libvirt's XML: C(os/nvram)."
        type: str
      template:
        description:
          - The file that a new store is copied from.
          - "In libvirt's XML: C(os/nvram@template)."
        type: str
      format:
        description:
          - The format of the file.
          - "In libvirt's XML: C(os/nvram@format); needs libvirt 9.2."
        type: str
        choices:
          - raw
          - qcow2
  kernel:
    description:
      - The kernel on the host that the guest boots directly, without a boot loader.
      - "In libvirt's XML: C(os/kernel)."
    type: str
  initrd:
    description:
      - The initial RAM disk on the host that goes with O(kernel).
      - "In libvirt's XML: C(os/initrd)."
    type: str
  cmdline:
    description:
      - The command line of O(kernel).
      - "In libvirt's XML: C(os/cmdline)."
    type: str
  dtb:
    description:
      - The device tree on the host that goes with O(kernel).
      - "In libvirt's XML: C(os/dtb)."
    type: str
  boot:
    description:
      - The kinds of devices to boot from, in their order. The O(disks[].boot_order) of single devices is finer, and the
        two cannot be combined.
      - "In libvirt's XML: C(os/boot@dev)."
    type: list
    elements: str
    choices:
      - fd
      - hd
      - cdrom
      - network
  boot_menu:
    description:
      - The menu of the firmware to choose what to boot from.
    type: dict
    suboptions:
      enable:
        description:
          - Whether it is shown.
          - "In libvirt's XML: C(os/bootmenu@enable)."
        type: bool
      timeout:
        description:
          - Milliseconds that it waits, up to 65535.
          - "In libvirt's XML: C(os/bootmenu@timeout)."
        type: int
  bios:
    description:
      - Settings of a BIOS.
    type: dict
    suboptions:
      use_serial:
        description:
          - Whether it shows its output on the first serial port too.
          - "In libvirt's XML: C(os/bios@useserial)."
        type: bool
      reboot_timeout:
        description:
          - Milliseconds until it tries again to boot where nothing could be; V(-1) for never.
          - "In libvirt's XML: C(os/bios@rebootTimeout)."
        type: int
  smbios:
    description:
      - Where the description of the machine that the guest sees comes from. V(host) copies it from the host, V(sysinfo)
        takes O(sysinfo), V(emulate) leaves it to the hypervisor.
      - "In libvirt's XML: C(os/smbios@mode)."
    type: str
    choices:
      - emulate
      - host
      - sysinfo
  bootloader:
    description:
      - The program on the host that picks the kernel of a paravirtualised Xen guest.
      - "In libvirt's XML: C(bootloader)."
    type: str
  bootloader_args:
    description:
      - The arguments of O(bootloader).
      - "In libvirt's XML: C(bootloader_args)."
    type: str
  init:
    description:
      - The program that a container starts with.
      - "In libvirt's XML: C(os/init)."
    type: str
  init_args:
    description:
      - The arguments of O(init).
      - "In libvirt's XML: C(os/initarg)."
    type: list
    elements: str
  init_env:
    description:
      - The environment of O(init).
      - "In libvirt's XML: C(os/initenv)."
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the variable.
          - "In libvirt's XML: C(os/initenv@name)."
        type: str
        required: true
      value:
        description:
          - Its value.
          - "In libvirt's XML: C(os/initenv)."
        type: str
  init_dir:
    description:
      - The directory that O(init) starts in.
      - "In libvirt's XML: C(os/initdir)."
    type: str
  init_user:
    description:
      - The user that O(init) runs as.
      - "In libvirt's XML: C(os/inituser)."
    type: str
  init_group:
    description:
      - The group that O(init) runs as.
      - "In libvirt's XML: C(os/initgroup)."
    type: str
  current_memory:
    description:
      - How much of O(memory) the guest has now; the balloon holds the rest. A change reaches a running guest whose balloon
        driver works.
      - "In libvirt's XML: C(currentMemory)."
    type: str
  max_memory:
    description:
      - What the guest can grow to by memory devices.
    type: dict
    suboptions:
      size:
        description:
          - The most that it can have. On many machines the guest needs a NUMA cell for it.
          - "In libvirt's XML: C(maxMemory)."
        type: str
      slots:
        description:
          - How many memory modules it has room for.
          - "In libvirt's XML: C(maxMemory@slots)."
        type: int
  memory_backing:
    description:
      - How the host provides the memory of the guest.
    type: dict
    suboptions:
      hugepages:
        description:
          - Whether it is taken from huge pages, of the default size where C(pages) names none.
          - "In libvirt's XML: C(memoryBacking/hugepages)."
        type: bool
      pages:
        description:
          - The sizes of huge pages for the guest's NUMA cells.
          - "In libvirt's XML: C(memoryBacking/hugepages/page)."
        type: list
        elements: dict
        suboptions:
          size:
            description:
              - The size of the pages, such as V(1GiB).
              - "In libvirt's XML: C(memoryBacking/hugepages/page@size)."
            type: str
          nodeset:
            description:
              - The cells of the guest that get them, such as V(0-1); all where none are given.
              - "In libvirt's XML: C(memoryBacking/hugepages/page@nodeset)."
            type: str
      locked:
        description:
          - Whether the host never swaps it out. Set O(memtune.hard_limit) too.
          - "In libvirt's XML: C(memoryBacking/locked)."
        type: bool
      nosharepages:
        description:
          - Whether the host never merges equal pages of it with those of others (KSM).
          - "In libvirt's XML: C(memoryBacking/nosharepages)."
        type: bool
      discard:
        description:
          - Whether the host forgets it right before the guest ends, which spares writing back to files.
          - "In libvirt's XML: C(memoryBacking/discard)."
        type: bool
      source:
        description:
          - What it is made of. V(memfd) and V(file) can be shared with other processes, as virtiofs and vhost-user need
            it.
          - "In libvirt's XML: C(memoryBacking/source@type)."
        type: str
        choices:
          - file
          - anonymous
          - memfd
      access:
        description:
          - Whether other processes see what the guest writes. virtiofs and vhost-user need V(shared).
          - "In libvirt's XML: C(memoryBacking/access@mode)."
        type: str
        choices:
          - shared
          - private
      allocation:
        description:
          - Whether the host provides all of it at the start, or page by page on demand.
          - "In libvirt's XML: C(memoryBacking/allocation@mode)."
        type: str
        choices:
          - immediate
          - ondemand
      allocation_threads:
        description:
          - How many threads provide it at the start.
          - "In libvirt's XML: C(memoryBacking/allocation@threads); needs libvirt 8.2."
        type: int
  current_vcpus:
    description:
      - How many of O(vcpus) the guest has now. More can be plugged in while it runs.
      - "In libvirt's XML: C(vcpu@current)."
    type: int
  vcpu_placement:
    description:
      - Whether the host's CPUs for the guest are those of O(vcpu_cpuset), or V(auto) asks numad for them.
      - "In libvirt's XML: C(vcpu@placement)."
    type: str
    choices:
      - static
      - auto
  vcpu_cpuset:
    description:
      - The CPUs of the host that the guest may run on, such as V(0-3,^1).
      - "In libvirt's XML: C(vcpu@cpuset)."
    type: str
  vcpu_hotplug:
    description:
      - The virtual CPUs one by one, for what can be plugged.
      - "In libvirt's XML: C(vcpus/vcpu)."
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - The number of the virtual CPU.
          - "In libvirt's XML: C(vcpus/vcpu@id)."
        type: int
        required: true
      enabled:
        description:
          - Whether the guest has it.
          - "In libvirt's XML: C(vcpus/vcpu@enabled)."
        type: bool
      hotpluggable:
        description:
          - Whether it can be taken out.
          - "In libvirt's XML: C(vcpus/vcpu@hotpluggable)."
        type: bool
      order:
        description:
          - Its turn when the guest starts.
          - "In libvirt's XML: C(vcpus/vcpu@order)."
        type: int
  iothreads:
    description:
      - How many threads the guest has for the input and output of disks and controllers that name one.
      - "In libvirt's XML: C(iothreads)."
    type: int
  iothread_ids:
    description:
      - The I/O threads one by one.
      - "In libvirt's XML: C(iothreadids/iothread)."
    type: list
    elements: dict
    suboptions:
      id:
        description:
          - The number by which disks name it.
          - "In libvirt's XML: C(iothreadids/iothread@id)."
        type: int
        required: true
      thread_pool_min:
        description:
          - How many worker threads it keeps ready.
          - "In libvirt's XML: C(iothreadids/iothread@thread_pool_min); needs libvirt 8.5."
        type: int
      thread_pool_max:
        description:
          - How many worker threads it may start.
          - "In libvirt's XML: C(iothreadids/iothread@thread_pool_max); needs libvirt 8.5."
        type: int
  cputune:
    description:
      - What the guest's threads get of the host's CPUs, and where they run.
    type: dict
    suboptions:
      shares:
        description:
          - The weight of the guest against others when CPUs are scarce.
          - "In libvirt's XML: C(cputune/shares)."
        type: int
      period:
        description:
          - Microseconds in which each virtual CPU may use up C(quota), from 1000 to 1000000.
          - "In libvirt's XML: C(cputune/period)."
        type: int
      quota:
        description:
          - Microseconds of C(period) that each virtual CPU may run; V(-1) for no limit.
          - "In libvirt's XML: C(cputune/quota)."
        type: int
      global_period:
        description:
          - Microseconds in which the whole guest may use up C(global_quota).
          - "In libvirt's XML: C(cputune/global_period)."
        type: int
      global_quota:
        description:
          - Microseconds of C(global_period) that the whole guest may run; V(-1) for no limit.
          - "In libvirt's XML: C(cputune/global_quota)."
        type: int
      emulator_period:
        description:
          - Microseconds in which the emulator, without virtual CPUs, may use up C(emulator_quota).
          - "In libvirt's XML: C(cputune/emulator_period)."
        type: int
      emulator_quota:
        description:
          - Microseconds of C(emulator_period) that the emulator may run; V(-1) for no limit.
          - "In libvirt's XML: C(cputune/emulator_quota)."
        type: int
      iothread_period:
        description:
          - Microseconds in which each I/O thread may use up C(iothread_quota).
          - "In libvirt's XML: C(cputune/iothread_period)."
        type: int
      iothread_quota:
        description:
          - Microseconds of C(iothread_period) that each I/O thread may run; V(-1) for no limit.
          - "In libvirt's XML: C(cputune/iothread_quota)."
        type: int
      vcpupin:
        description:
          - The CPUs of the host for single virtual CPUs.
          - "In libvirt's XML: C(cputune/vcpupin)."
        type: list
        elements: dict
        suboptions:
          vcpu:
            description:
              - The number of the virtual CPU.
              - "In libvirt's XML: C(cputune/vcpupin@vcpu)."
            type: int
            required: true
          cpuset:
            description:
              - The CPUs of the host, such as V(2-3).
              - "In libvirt's XML: C(cputune/vcpupin@cpuset)."
            type: str
            required: true
      emulatorpin:
        description:
          - The CPUs of the host for the emulator itself.
          - "In libvirt's XML: C(cputune/emulatorpin@cpuset)."
        type: str
      iothreadpin:
        description:
          - The CPUs of the host for single I/O threads.
          - "In libvirt's XML: C(cputune/iothreadpin)."
        type: list
        elements: dict
        suboptions:
          iothread:
            description:
              - The number of the I/O thread.
              - "In libvirt's XML: C(cputune/iothreadpin@iothread)."
            type: int
            required: true
          cpuset:
            description:
              - The CPUs of the host, such as V(2-3).
              - "In libvirt's XML: C(cputune/iothreadpin@cpuset)."
            type: str
            required: true
      vcpusched:
        description:
          - How the host schedules virtual CPUs.
          - "In libvirt's XML: C(cputune/vcpusched)."
        type: list
        elements: dict
        suboptions:
          vcpus:
            description:
              - The virtual CPUs, such as V(0-3).
              - "In libvirt's XML: C(cputune/vcpusched@vcpus)."
            type: str
          scheduler:
            description:
              - The scheduling policy of the host's kernel, V(fifo) or V(rr) for real time, V(batch) or V(idle) for less.
              - "In libvirt's XML: C(cputune/vcpusched@scheduler)."
            type: str
          priority:
            description:
              - The priority under V(fifo) and V(rr), where higher comes first.
              - "In libvirt's XML: C(cputune/vcpusched@priority)."
            type: int
      iothreadsched:
        description:
          - How the host schedules I/O threads.
          - "In libvirt's XML: C(cputune/iothreadsched)."
        type: list
        elements: dict
        suboptions:
          iothreads:
            description:
              - The I/O threads, such as V(1-2).
              - "In libvirt's XML: C(cputune/iothreadsched@iothreads)."
            type: str
          scheduler:
            description:
              - The scheduling policy of the host's kernel, V(fifo) or V(rr) for real time, V(batch) or V(idle) for less.
              - "In libvirt's XML: C(cputune/iothreadsched@scheduler)."
            type: str
          priority:
            description:
              - The priority under V(fifo) and V(rr), where higher comes first.
              - "In libvirt's XML: C(cputune/iothreadsched@priority)."
            type: int
      emulatorsched:
        description:
          - How the host schedules the emulator itself.
        type: dict
        suboptions:
          scheduler:
            description:
              - The scheduling policy of the host's kernel, V(fifo) or V(rr) for real time, V(batch) or V(idle) for less.
              - "In libvirt's XML: C(cputune/emulatorsched@scheduler)."
            type: str
          priority:
            description:
              - The priority under V(fifo) and V(rr), where higher comes first.
              - "In libvirt's XML: C(cputune/emulatorsched@priority)."
            type: int
  numatune:
    description:
      - The NUMA nodes of the host that the guest's memory comes from.
    type: dict
    suboptions:
      memory:
        description:
          - For all of it.
        type: dict
        suboptions:
          mode:
            description:
              - V(strict) takes it from these nodes or fails, V(preferred) tries them first, V(interleave) spreads it
                over them, V(restrictive) leaves it to the cgroup.
              - "In libvirt's XML: C(numatune/memory@mode)."
            type: str
          nodeset:
            description:
              - The nodes of the host, such as V(0).
              - "In libvirt's XML: C(numatune/memory@nodeset)."
            type: str
          placement:
            description:
              - Whether the nodes are those given (V(static)), or V(auto) asks numad for them.
              - "In libvirt's XML: C(numatune/memory@placement)."
            type: str
      memnodes:
        description:
          - For single NUMA cells of the guest.
          - "In libvirt's XML: C(numatune/memnode)."
        type: list
        elements: dict
        suboptions:
          cellid:
            description:
              - The number of the guest's cell.
              - "In libvirt's XML: C(numatune/memnode@cellid)."
            type: int
            required: true
          mode:
            description:
              - As for all of the memory.
              - "In libvirt's XML: C(numatune/memnode@mode)."
            type: str
          nodeset:
            description:
              - The nodes of the host.
              - "In libvirt's XML: C(numatune/memnode@nodeset)."
            type: str
  memtune:
    description:
      - The memory of the host that the guest's process may use.
    type: dict
    suboptions:
      hard_limit:
        description:
          - The most that it may use in all. A guest that needs more is killed, so leave room for the emulator.
          - "In libvirt's XML: C(memtune/hard_limit)."
        type: str
      soft_limit:
        description:
          - What it is pushed back to when the host's memory is scarce.
          - "In libvirt's XML: C(memtune/soft_limit)."
        type: str
      swap_hard_limit:
        description:
          - The most that it may use of memory and swap together.
          - "In libvirt's XML: C(memtune/swap_hard_limit)."
        type: str
      min_guarantee:
        description:
          - The least that it gets, on hypervisors that can promise it; not QEMU.
          - "In libvirt's XML: C(memtune/min_guarantee)."
        type: str
  blkiotune:
    description:
      - What the guest gets of the host's disks.
    type: dict
    suboptions:
      weight:
        description:
          - Its weight against other guests, from 100 to 1000, or from 10 on newer kernels.
          - "In libvirt's XML: C(blkiotune/weight)."
        type: int
      devices:
        description:
          - The same for single disks of the host.
          - "In libvirt's XML: C(blkiotune/device)."
        type: list
        elements: dict
        suboptions:
          path:
            description:
              - The path of the block device on the host.
              - "In libvirt's XML: C(blkiotune/device/path)."
            type: str
            required: true
          weight:
            description:
              - The guest's weight there.
              - "In libvirt's XML: C(blkiotune/device/weight)."
            type: int
          read_bytes_sec:
            description:
              - What it may read a second.
              - "In libvirt's XML: C(blkiotune/device/read_bytes_sec)."
            type: str
          write_bytes_sec:
            description:
              - What it may write a second.
              - "In libvirt's XML: C(blkiotune/device/write_bytes_sec)."
            type: str
          read_iops_sec:
            description:
              - How many reads a second it may do.
              - "In libvirt's XML: C(blkiotune/device/read_iops_sec)."
            type: int
          write_iops_sec:
            description:
              - How many writes a second it may do.
              - "In libvirt's XML: C(blkiotune/device/write_iops_sec)."
            type: int
  partition:
    description:
      - The resource partition (cgroup) of the host that the guest is put into, such as V(/machine/production).
      - "In libvirt's XML: C(resource/partition)."
    type: str
  cpu:
    description:
      - The CPU that the guest sees.
    type: dict
    suboptions:
      mode:
        description:
          - V(host-passthrough) gives it the host's CPU as it is, V(host-model) the nearest known model, V(maximum) all
            that can be had, V(custom) the C(model).
          - "In libvirt's XML: C(cpu@mode)."
        type: str
        choices:
          - custom
          - host-model
          - host-passthrough
          - maximum
      match:
        description:
          - How exactly the CPU has to fit, for V(custom). V(minimum) lets the guest see more where the host has it.
          - "In libvirt's XML: C(cpu@match)."
        type: str
        choices:
          - minimum
          - exact
          - strict
      check:
        description:
          - How libvirt makes sure that the guest gets what is asked for, before it starts.
          - "In libvirt's XML: C(cpu@check)."
        type: str
        choices:
          - none
          - partial
          - full
      migratable:
        description:
          - Whether V(host-passthrough) and V(maximum) leave out what stands in the way of a migration.
          - "In libvirt's XML: C(cpu@migratable)."
        type: bool
      model:
        description:
          - The model, such as V(Skylake-Server) or V(EPYC).
          - "In libvirt's XML: C(cpu/model)."
        type: str
      fallback:
        description:
          - Whether a model that the hypervisor lacks is replaced by the nearest one.
          - "In libvirt's XML: C(cpu/model@fallback)."
        type: str
        choices:
          - allow
          - forbid
      vendor_id:
        description:
          - The name of the vendor that the guest reads, of 12 characters.
          - "In libvirt's XML: C(cpu/model@vendor_id)."
        type: str
      vendor:
        description:
          - The vendor that the host's CPU must have, such as V(Intel) or V(AMD).
          - "In libvirt's XML: C(cpu/vendor)."
        type: str
      topology:
        description:
          - How the virtual CPUs are laid out. The product is the number of O(vcpus).
        type: dict
        suboptions:
          sockets:
            description:
              - The number of sockets.
              - "In libvirt's XML: C(cpu/topology@sockets)."
            type: int
          dies:
            description:
              - The number of dies in a socket.
              - "In libvirt's XML: C(cpu/topology@dies)."
            type: int
          cores:
            description:
              - The number of cores in a die, or in a cluster.
              - "In libvirt's XML: C(cpu/topology@cores)."
            type: int
          threads:
            description:
              - The number of threads in a core.
              - "In libvirt's XML: C(cpu/topology@threads)."
            type: int
          clusters:
            description:
              - The number of clusters in a die.
              - "In libvirt's XML: C(cpu/topology@clusters); needs libvirt 10.1."
            type: int
      cache:
        description:
          - The cache that the guest sees.
        type: dict
        suboptions:
          mode:
            description:
              - Whether it is the host's, an emulated one or none.
              - "In libvirt's XML: C(cpu/cache@mode)."
            type: str
            choices:
              - emulate
              - passthrough
              - disable
          level:
            description:
              - The level that is emulated, V(3) with V(emulate).
              - "In libvirt's XML: C(cpu/cache@level)."
            type: int
      maxphysaddr:
        description:
          - The width of physical addresses.
        type: dict
        suboptions:
          mode:
            description:
              - Whether it is the host's, or C(bits).
              - "In libvirt's XML: C(cpu/maxphysaddr@mode); needs libvirt 8.7."
            type: str
            choices:
              - emulate
              - passthrough
          bits:
            description:
              - The number of bits.
              - "In libvirt's XML: C(cpu/maxphysaddr@bits); needs libvirt 8.7."
            type: int
      features:
        description:
          - Features that the model does not have, or has and shall not.
          - "In libvirt's XML: C(cpu/feature)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name of the feature, such as V(vmx).
              - "In libvirt's XML: C(cpu/feature@name)."
            type: str
            required: true
          policy:
            description:
              - V(require) and V(optional) turn it on, the former only where the host has it, V(force) in any case; V(disable)
                turns it off, V(forbid) also keeps the guest off hosts that have it.
              - "In libvirt's XML: C(cpu/feature@policy)."
            type: str
            choices:
              - force
              - require
              - optional
              - disable
              - forbid
      cells:
        description:
          - The NUMA cells of the guest.
          - "In libvirt's XML: C(cpu/numa/cell)."
        type: list
        elements: dict
        suboptions:
          id:
            description:
              - The number of the cell.
              - "In libvirt's XML: C(cpu/numa/cell@id)."
            type: int
          cpus:
            description:
              - The virtual CPUs in it, such as V(0-3).
              - "In libvirt's XML: C(cpu/numa/cell@cpus)."
            type: str
          memory:
            description:
              - Its memory. The sum of all cells is the memory of the guest.
              - "In libvirt's XML: C(cpu/numa/cell@memory)."
            type: str
          memory_access:
            description:
              - Whether other processes see what the guest writes there.
              - "In libvirt's XML: C(cpu/numa/cell@memAccess)."
            type: str
            choices:
              - shared
              - private
          discard:
            description:
              - Whether the host forgets its memory right before the guest ends.
              - "In libvirt's XML: C(cpu/numa/cell@discard)."
            type: bool
          distances:
            description:
              - How far it is to the other cells.
              - "In libvirt's XML: C(cpu/numa/cell/distances/sibling)."
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - The number of the other cell.
                  - "In libvirt's XML: C(cpu/numa/cell/distances/sibling@id)."
                type: int
                required: true
              value:
                description:
                  - The distance, from 10 (the cell itself) to 254; 255 for unreachable.
                  - "In libvirt's XML: C(cpu/numa/cell/distances/sibling@value)."
                type: int
                required: true
  features:
    description:
      - Features of the machine that can be on or off.
    type: dict
    suboptions:
      acpi:
        description:
          - Whether it has ACPI, which a guest needs to see the power button.
          - "In libvirt's XML: C(features/acpi)."
        type: bool
      apic:
        description:
          - Whether it has an APIC.
          - "In libvirt's XML: C(features/apic)."
        type: bool
      pae:
        description:
          - Whether a 32-bit guest can address more than 4 GiB.
          - "In libvirt's XML: C(features/pae)."
        type: bool
      privnet:
        description:
          - Whether a container has network devices of its own although it has no interface.
          - "In libvirt's XML: C(features/privnet)."
        type: bool
      viridian:
        description:
          - Whether Xen offers Windows its interfaces for guests.
          - "In libvirt's XML: C(features/viridian)."
        type: bool
      hap:
        description:
          - Whether the hardware translates the guest's addresses (EPT, NPT).
          - "In libvirt's XML: C(features/hap@state)."
        type: bool
      pmu:
        description:
          - Whether the guest can use performance counters.
          - "In libvirt's XML: C(features/pmu@state)."
        type: bool
      pvspinlock:
        description:
          - Whether the guest has paravirtual spinlocks.
          - "In libvirt's XML: C(features/pvspinlock@state)."
        type: bool
      vmport:
        description:
          - Whether it has the port of VMware, which some guests use for their mouse.
          - "In libvirt's XML: C(features/vmport@state)."
        type: bool
      smm:
        description:
          - Whether it has System Management Mode, which secure boot needs.
          - "In libvirt's XML: C(features/smm@state)."
        type: bool
      vmcoreinfo:
        description:
          - Whether the guest can leave a note that makes its memory dumps readable.
          - "In libvirt's XML: C(features/vmcoreinfo@state)."
        type: bool
      htm:
        description:
          - Whether a pSeries guest has transactional memory.
          - "In libvirt's XML: C(features/htm@state)."
        type: bool
      nested_hv:
        description:
          - Whether a pSeries guest can run guests of its own.
          - "In libvirt's XML: C(features/nested-hv@state)."
        type: bool
      ccf_assist:
        description:
          - Whether a pSeries guest can flush its count cache by hardware, against Spectre.
          - "In libvirt's XML: C(features/ccf-assist@state)."
        type: bool
      cfpc:
        description:
          - How far a pSeries guest is protected against leaks from its cache.
          - "In libvirt's XML: C(features/cfpc@value)."
        type: str
        choices:
          - broken
          - workaround
          - fixed
      sbbc:
        description:
          - How far a pSeries guest is protected against speculation past bounds checks.
          - "In libvirt's XML: C(features/sbbc@value)."
        type: str
        choices:
          - broken
          - workaround
          - fixed
      ibs:
        description:
          - How far a pSeries guest is protected against speculation at indirect branches.
          - "In libvirt's XML: C(features/ibs@value)."
        type: str
        choices:
          - broken
          - workaround
          - fixed-ibs
          - fixed-ccd
          - fixed-na
      tseg:
        description:
          - The size of the memory of C(smm). Guests with hundreds of CPUs or much memory need more than the default.
          - "In libvirt's XML: C(features/smm/tseg)."
        type: str
      gic:
        description:
          - The version of an ARM guest's interrupt controller, V(2), V(3) or V(host).
          - "In libvirt's XML: C(features/gic@version)."
        type: str
      ioapic:
        description:
          - Who emulates the I/O APIC. More than 255 virtual CPUs and interrupt remapping need V(qemu).
          - "In libvirt's XML: C(features/ioapic@driver)."
        type: str
        choices:
          - kvm
          - qemu
      hpt:
        description:
          - Whether a pSeries guest may resize its hash page table.
          - "In libvirt's XML: C(features/hpt@resizing)."
        type: str
        choices:
          - enabled
          - disabled
          - required
      tb_cache:
        description:
          - The size of QEMU's cache of translated code, for guests of O(type=qemu).
          - "In libvirt's XML: C(features/tcg/tb-cache)."
        type: str
      kvm:
        description:
          - What KVM shows of itself.
        type: dict
        suboptions:
          hidden:
            description:
              - Whether the guest does not see that it runs on KVM.
              - "In libvirt's XML: C(features/kvm/hidden@state)."
            type: bool
          hint_dedicated:
            description:
              - Whether the guest is told that its virtual CPUs have host CPUs of their own.
              - "In libvirt's XML: C(features/kvm/hint-dedicated@state)."
            type: bool
          poll_control:
            description:
              - Whether the guest may wait for work by polling, rather than the host.
              - "In libvirt's XML: C(features/kvm/poll-control@state)."
            type: bool
          pv_ipi:
            description:
              - Whether the guest sends interrupts between its CPUs through the host.
              - "In libvirt's XML: C(features/kvm/pv-ipi@state)."
            type: bool
      xen:
        description:
          - What Xen shows of the host.
        type: dict
        suboptions:
          e820_host:
            description:
              - Whether the guest sees the host's map of memory.
              - "In libvirt's XML: C(features/xen/e820_host@state)."
            type: bool
          passthrough:
            description:
              - Whether PCI devices can be passed through.
              - "In libvirt's XML: C(features/xen/passthrough@state)."
            type: bool
      hyperv:
        description:
          - Interfaces of Hyper-V, which make Windows run better.
        type: dict
        suboptions:
          mode:
            description:
              - Whether they are those given here, or all that the host can offer (V(passthrough), or V(host-model) with
                libvirt 11.9, which shows them in the live XML).
              - "In libvirt's XML: C(features/hyperv@mode)."
            type: str
            choices:
              - custom
              - passthrough
              - host-model
          relaxed:
            description:
              - Whether Windows is told to be patient with timers.
              - "In libvirt's XML: C(features/hyperv/relaxed@state)."
            type: bool
          vapic:
            description:
              - Whether it has a paravirtual APIC.
              - "In libvirt's XML: C(features/hyperv/vapic@state)."
            type: bool
          spinlocks:
            description:
              - Whether it has paravirtual spinlocks.
              - "In libvirt's XML: C(features/hyperv/spinlocks@state)."
            type: bool
          vpindex:
            description:
              - Whether it can read the number of its virtual CPU.
              - "In libvirt's XML: C(features/hyperv/vpindex@state)."
            type: bool
          runtime:
            description:
              - Whether it can read how long its virtual CPUs have run.
              - "In libvirt's XML: C(features/hyperv/runtime@state)."
            type: bool
          synic:
            description:
              - Whether it has the synthetic interrupt controller. C(stimer) needs it.
              - "In libvirt's XML: C(features/hyperv/synic@state)."
            type: bool
          stimer:
            description:
              - Whether it has synthetic timers.
              - "In libvirt's XML: C(features/hyperv/stimer@state)."
            type: bool
          reset:
            description:
              - Whether it can reset itself through Hyper-V.
              - "In libvirt's XML: C(features/hyperv/reset@state)."
            type: bool
          vendor_id:
            description:
              - Whether it reads C(vendor_id_value) as the vendor of the hypervisor.
              - "In libvirt's XML: C(features/hyperv/vendor_id@state)."
            type: bool
          frequencies:
            description:
              - Whether it can read the frequencies of its clocks.
              - "In libvirt's XML: C(features/hyperv/frequencies@state)."
            type: bool
          reenlightenment:
            description:
              - Whether it is told that these frequencies have changed after a migration.
              - "In libvirt's XML: C(features/hyperv/reenlightenment@state)."
            type: bool
          tlbflush:
            description:
              - Whether it can flush the TLBs of other virtual CPUs by one call.
              - "In libvirt's XML: C(features/hyperv/tlbflush@state)."
            type: bool
          ipi:
            description:
              - Whether it can send interrupts to other virtual CPUs by one call.
              - "In libvirt's XML: C(features/hyperv/ipi@state)."
            type: bool
          evmcs:
            description:
              - Whether it can use the faster interface to run guests of its own on Intel CPUs.
              - "In libvirt's XML: C(features/hyperv/evmcs@state)."
            type: bool
          avic:
            description:
              - Whether it may use hardware virtual interrupts beside C(synic).
              - "In libvirt's XML: C(features/hyperv/avic@state); needs libvirt 8.10."
            type: bool
          emsr_bitmap:
            description:
              - Whether changes of the MSR bitmaps of its own guests are announced, which spares work.
              - "In libvirt's XML: C(features/hyperv/emsr_bitmap@state); needs libvirt 10.7."
            type: bool
          xmm_input:
            description:
              - Whether it can hand parameters over in XMM registers.
              - "In libvirt's XML: C(features/hyperv/xmm_input@state); needs libvirt 10.7."
            type: bool
          spinlocks_retries:
            description:
              - How often it tries a spinlock before it tells the host, at least 4095.
              - "In libvirt's XML: C(features/hyperv/spinlocks@retries)."
            type: int
          stimer_direct:
            description:
              - Whether synthetic timers interrupt directly.
              - "In libvirt's XML: C(features/hyperv/stimer/direct@state)."
            type: bool
          vendor_id_value:
            description:
              - The name of up to 12 characters that it reads.
              - "In libvirt's XML: C(features/hyperv/vendor_id@value)."
            type: str
      capabilities:
        description:
          - What a container may do beyond what it needs, unless it is said otherwise.
          - "In libvirt's XML: C(features/capabilities@policy)."
        type: str
        choices:
          - default
          - allow
          - deny
  clock:
    description:
      - The clock of the guest.
    type: dict
    suboptions:
      offset:
        description:
          - What the hardware clock shows, V(utc) for most guests and V(localtime) for Windows. V(timezone), V(variable)
            and V(absolute) need the option that goes with them.
          - "In libvirt's XML: C(clock@offset)."
        type: str
        choices:
          - utc
          - localtime
          - timezone
          - variable
          - absolute
      timezone:
        description:
          - The time zone of the clock, such as V(Europe/Berlin).
          - "In libvirt's XML: C(clock@timezone)."
        type: str
      basis:
        description:
          - What C(adjustment) counts from.
          - "In libvirt's XML: C(clock@basis)."
        type: str
        choices:
          - utc
          - localtime
      adjustment:
        description:
          - Seconds that the clock is ahead, or V(reset). With V(variable), what the guest makes of it is kept.
          - "In libvirt's XML: C(clock@adjustment)."
        type: str
      start:
        description:
          - The time at which the clock starts, in seconds since 1970, for V(absolute).
          - "In libvirt's XML: C(clock@start)."
        type: int
      timers:
        description:
          - The timers one by one.
          - "In libvirt's XML: C(clock/timer)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name, such as V(rtc), V(pit), V(hpet), V(tsc), V(kvmclock) or V(hypervclock).
              - "In libvirt's XML: C(clock/timer@name)."
            type: str
            required: true
          present:
            description:
              - Whether the guest has it.
              - "In libvirt's XML: C(clock/timer@present)."
            type: bool
          tickpolicy:
            description:
              - What becomes of ticks that the guest missed, V(delay), V(catchup), V(merge) or V(discard).
              - "In libvirt's XML: C(clock/timer@tickpolicy)."
            type: str
          track:
            description:
              - What it follows, V(guest) or V(wall) for most.
              - "In libvirt's XML: C(clock/timer@track)."
            type: str
          mode:
            description:
              - How V(tsc) is provided, such as V(native) or V(emulate).
              - "In libvirt's XML: C(clock/timer@mode)."
            type: str
          frequency:
            description:
              - The frequency of V(tsc) in Hz.
              - "In libvirt's XML: C(clock/timer@frequency)."
            type: int
          catchup:
            description:
              - How fast missed ticks are caught up.
            type: dict
            suboptions:
              threshold:
                description:
                  - Nanoseconds of delay from which it begins.
                  - "In libvirt's XML: C(clock/timer/catchup@threshold)."
                type: int
              slew:
                description:
                  - How much faster ticks come meanwhile.
                  - "In libvirt's XML: C(clock/timer/catchup@slew)."
                type: int
              limit:
                description:
                  - Nanoseconds of delay beyond which no more is caught up.
                  - "In libvirt's XML: C(clock/timer/catchup@limit)."
                type: int
  on_poweroff:
    description:
      - What happens when the guest powers off.
      - "In libvirt's XML: C(on_poweroff)."
    type: str
    choices:
      - destroy
      - restart
      - preserve
      - rename-restart
  on_reboot:
    description:
      - What happens when the guest reboots. V(destroy) makes a reboot the end, as an installation wants it.
      - "In libvirt's XML: C(on_reboot)."
    type: str
    choices:
      - destroy
      - restart
      - preserve
      - rename-restart
  on_crash:
    description:
      - What happens when the guest crashes. V(coredump-destroy) and V(coredump-restart) dump its memory first.
      - "In libvirt's XML: C(on_crash)."
    type: str
    choices:
      - destroy
      - restart
      - preserve
      - rename-restart
      - coredump-destroy
      - coredump-restart
  on_lockfailure:
    description:
      - What happens when the guest loses the lock on its disks.
      - "In libvirt's XML: C(on_lockfailure)."
    type: str
    choices:
      - poweroff
      - restart
      - pause
      - ignore
  pm:
    description:
      - Which kinds of sleep the firmware offers the guest.
    type: dict
    suboptions:
      suspend_to_mem:
        description:
          - Whether it can sleep with its memory powered (S3).
          - "In libvirt's XML: C(pm/suspend-to-mem@enabled)."
        type: bool
      suspend_to_disk:
        description:
          - Whether it can hibernate (S4).
          - "In libvirt's XML: C(pm/suspend-to-disk@enabled)."
        type: bool
  perf:
    description:
      - The events that the host counts for the guest.
      - "In libvirt's XML: C(perf/event)."
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name of the event, such as V(cpu_cycles).
          - "In libvirt's XML: C(perf/event@name)."
        type: str
        required: true
      enabled:
        description:
          - Whether it is counted.
          - "In libvirt's XML: C(perf/event@enabled)."
        type: bool
        required: true
  genid:
    description:
      - A UUID that tells the guest that it is another one, after a clone or a return to a snapshot.
      - "In libvirt's XML: C(genid)."
    type: str
  seclabels:
    description:
      - How SELinux, AppArmor or the file permissions confine the guest.
      - "In libvirt's XML: C(seclabel)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - V(dynamic) makes a label up for each start, V(static) takes C(label), V(none) does not confine it.
          - "In libvirt's XML: C(seclabel@type)."
        type: str
        choices:
          - dynamic
          - static
          - none
      model:
        description:
          - The security driver, such as V(selinux), V(apparmor) or V(dac).
          - "In libvirt's XML: C(seclabel@model)."
        type: str
      relabel:
        description:
          - Whether its disks and devices get a label that lets it use them.
          - "In libvirt's XML: C(seclabel@relabel)."
        type: bool
      label:
        description:
          - The whole label, for V(static).
          - "In libvirt's XML: C(seclabel/label)."
        type: str
      baselabel:
        description:
          - What a V(dynamic) label is made from.
          - "In libvirt's XML: C(seclabel/baselabel)."
        type: str
  sysinfo:
    description:
      - What the guest reads about its machine. O(smbios=sysinfo) shows that to it.
      - "In libvirt's XML: C(sysinfo)."
    type: list
    elements: dict
    suboptions:
      type:
        description:
          - Whether it reads it as V(smbios), or as V(fwcfg) files of QEMU.
          - "In libvirt's XML: C(sysinfo@type)."
        type: str
        choices:
          - smbios
          - fwcfg
        required: true
      bios:
        description:
          - About its BIOS, such as V(vendor) and V(version).
          - "In libvirt's XML: C(sysinfo/bios/entry)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name of the field.
              - "In libvirt's XML: C(sysinfo/bios/entry@name)."
            type: str
            required: true
          value:
            description:
              - What it says.
              - "In libvirt's XML: C(sysinfo/bios/entry)."
            type: str
            required: true
      system:
        description:
          - About the machine, such as V(manufacturer), V(product), V(serial) and V(sku).
          - "In libvirt's XML: C(sysinfo/system/entry)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name of the field.
              - "In libvirt's XML: C(sysinfo/system/entry@name)."
            type: str
            required: true
          value:
            description:
              - What it says.
              - "In libvirt's XML: C(sysinfo/system/entry)."
            type: str
            required: true
      chassis:
        description:
          - About the chassis, such as V(asset).
          - "In libvirt's XML: C(sysinfo/chassis/entry)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name of the field.
              - "In libvirt's XML: C(sysinfo/chassis/entry@name)."
            type: str
            required: true
          value:
            description:
              - What it says.
              - "In libvirt's XML: C(sysinfo/chassis/entry)."
            type: str
            required: true
      base_boards:
        description:
          - About its boards.
          - "In libvirt's XML: C(sysinfo/baseBoard)."
        type: list
        elements: dict
        suboptions:
          entries:
            description:
              - What is said of the board.
              - "In libvirt's XML: C(sysinfo/baseBoard/entry)."
            type: list
            elements: dict
            suboptions:
              name:
                description:
                  - The name of the field.
                  - "In libvirt's XML: C(sysinfo/baseBoard/entry@name)."
                type: str
                required: true
              value:
                description:
                  - What it says.
                  - "In libvirt's XML: C(sysinfo/baseBoard/entry)."
                type: str
                required: true
      oem_strings:
        description:
          - Texts that programs in the guest look for, as some installers do.
          - "In libvirt's XML: C(sysinfo/oemStrings/entry)."
        type: list
        elements: str
      entries:
        description:
          - The files for V(fwcfg).
          - "In libvirt's XML: C(sysinfo/entry)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name of the file, such as V(opt/com.example/config).
              - "In libvirt's XML: C(sysinfo/entry@name)."
            type: str
            required: true
          file:
            description:
              - The file on the host that has its content.
              - "In libvirt's XML: C(sysinfo/entry@file)."
            type: str
          value:
            description:
              - Its content.
              - "In libvirt's XML: C(sysinfo/entry)."
            type: str
  launch_security:
    description:
      - Encryption of the guest's memory against its host.
    type: dict
    suboptions:
      type:
        description:
          - The kind, V(sev) and V(sev-snp) on AMD, V(tdx) on Intel, V(s390-pv) on IBM Z. V(sev-snp) needs libvirt 10.5
            and V(tdx) 11.6.
          - "In libvirt's XML: C(launchSecurity@type)."
        type: str
        choices:
          - sev
          - sev-snp
          - s390-pv
          - tdx
      kernel_hashes:
        description:
          - Whether the kernel that is booted directly counts in the measurement.
          - "In libvirt's XML: C(launchSecurity@kernelHashes)."
        type: bool
      policy:
        description:
          - What the host may do with the guest, as a number such as V(0x0003).
          - "In libvirt's XML: C(launchSecurity/policy)."
        type: str
      cbitpos:
        description:
          - The bit of an address that says that the page is encrypted. libvirt asks the host.
          - "In libvirt's XML: C(launchSecurity/cbitpos)."
        type: int
      reduced_phys_bits:
        description:
          - How many bits of an address are lost. libvirt asks the host.
          - "In libvirt's XML: C(launchSecurity/reducedPhysBits)."
        type: int
      dh_cert:
        description:
          - The guest owner's Diffie-Hellman key, in base64.
          - "In libvirt's XML: C(launchSecurity/dhCert)."
        type: str
      session:
        description:
          - The guest owner's session data, in base64.
          - "In libvirt's XML: C(launchSecurity/session)."
        type: str
  idmap:
    description:
      - Which users of the host those of a container are.
    type: dict
    suboptions:
      uids:
        description:
          - For users.
          - "In libvirt's XML: C(idmap/uid)."
        type: list
        elements: dict
        suboptions:
          start:
            description:
              - The first number in the container.
              - "In libvirt's XML: C(idmap/uid@start)."
            type: int
            required: true
          target:
            description:
              - The number on the host that it is.
              - "In libvirt's XML: C(idmap/uid@target)."
            type: int
            required: true
          count:
            description:
              - How many follow.
              - "In libvirt's XML: C(idmap/uid@count)."
            type: int
            required: true
      gids:
        description:
          - For groups.
          - "In libvirt's XML: C(idmap/gid)."
        type: list
        elements: dict
        suboptions:
          start:
            description:
              - The first number in the container.
              - "In libvirt's XML: C(idmap/gid@start)."
            type: int
            required: true
          target:
            description:
              - The number on the host that it is.
              - "In libvirt's XML: C(idmap/gid@target)."
            type: int
            required: true
          count:
            description:
              - How many follow.
              - "In libvirt's XML: C(idmap/gid@count)."
            type: int
            required: true
  emulator:
    description:
      - The program on the host that runs the guest. libvirt picks it by O(type), O(arch) and O(machine).
      - "In libvirt's XML: C(devices/emulator)."
    type: str
  tags:
    description:
      - Words to find the guest by, kept in an element of ours in its C(metadata). An empty list removes them.
    type: list
    elements: str
  metadata:
    description:
      - Notes of yours, as names and texts, kept in an element of ours in the guest's C(metadata). An empty dictionary
        removes them.
    type: dict
  os:
    description:
      - The operating system in the guest, as libosinfo names it by URL, such as V(http://debian.org/debian/12). Kept
        in the guest's C(metadata), where other tools read and write it too. It changes nothing about the guest.
    type: str
"""
