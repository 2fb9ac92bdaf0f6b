# Copyright (c) 2026, converge.libvirt contributors
# GNU General Public License v3.0 or later (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options of a network. Written by tests/tools/option_docs.py from docs/options/network.yml and the rows of the options."""

from __future__ import annotations


class ModuleDocFragment:
    """The fragment C(converge.libvirt._options_network)."""

    DOCUMENTATION = r"""
options:
  title:
    description:
      - A short title, which libvirt's lists can show. An empty one removes it.
      - "In libvirt's XML: C(title); needs libvirt 9.7."
    type: str
  description:
    description:
      - A description for people. An empty one removes it.
      - "In libvirt's XML: C(description); needs libvirt 9.7."
    type: str
  forward:
    description:
      - How the network reaches the world. A network without it is isolated, and its guests talk to the host and each
        other.
    type: dict
    suboptions:
      mode:
        description:
          - V(nat) hides the guests behind the host's address, V(route) lets them appear with their own, V(open) leaves
            the firewall alone. V(bridge), V(private), V(vepa) and V(passthrough) put them straight onto a network of
            the host, V(hostdev) gives each a virtual function of a network card.
          - "In libvirt's XML: C(forward@mode)."
        type: str
        choices:
          - nat
          - route
          - open
          - bridge
          - private
          - vepa
          - passthrough
          - hostdev
      dev:
        description:
          - The only interface of the host that traffic may leave by.
          - "In libvirt's XML: C(forward@dev)."
        type: str
      managed:
        description:
          - Whether libvirt takes the virtual functions from the host's driver and gives them back, for V(hostdev).
          - "In libvirt's XML: C(forward@managed)."
        type: bool
      driver:
        description:
          - The driver that binds the virtual functions, V(vfio) on today's hosts.
          - "In libvirt's XML: C(forward/driver@name)."
        type: str
      interfaces:
        description:
          - The interfaces of the host that guests are spread over, for V(bridge) without a bridge, V(private), V(vepa)
            and V(passthrough).
          - "In libvirt's XML: C(forward/interface@dev)."
        type: list
        elements: str
      pf:
        description:
          - The interface of the host whose virtual functions guests get.
          - "In libvirt's XML: C(forward/pf@dev)."
        type: str
      addresses:
        description:
          - The virtual functions that guests get, one by one by their address.
          - "In libvirt's XML: C(forward/address)."
        type: list
        elements: dict
        suboptions:
          type:
            description:
              - The kind of address, V(pci).
              - "In libvirt's XML: C(forward/address@type)."
            type: str
          domain:
            description:
              - Its PCI domain.
              - "In libvirt's XML: C(forward/address@domain)."
            type: str
          bus:
            description:
              - Its PCI bus.
              - "In libvirt's XML: C(forward/address@bus)."
            type: str
          slot:
            description:
              - Its PCI slot.
              - "In libvirt's XML: C(forward/address@slot)."
            type: str
          function:
            description:
              - Its PCI function.
              - "In libvirt's XML: C(forward/address@function)."
            type: str
      nat:
        description:
          - How addresses are translated.
        type: dict
        suboptions:
          ipv6:
            description:
              - Whether IPv6 is translated too.
              - "In libvirt's XML: C(forward/nat@ipv6)."
            type: bool
          address:
            description:
              - The addresses that guests appear with, in place of the host's own.
            type: dict
            suboptions:
              start:
                description:
                  - The first of them.
                  - "In libvirt's XML: C(forward/nat/address@start)."
                type: str
              end:
                description:
                  - The last of them.
                  - "In libvirt's XML: C(forward/nat/address@end)."
                type: str
          port:
            description:
              - The ports that guests appear with.
            type: dict
            suboptions:
              start:
                description:
                  - The first of them.
                  - "In libvirt's XML: C(forward/nat/port@start)."
                type: int
              end:
                description:
                  - The last of them.
                  - "In libvirt's XML: C(forward/nat/port@end)."
                type: int
  bridge:
    description:
      - The bridge of the host that the network lives on.
    type: dict
    suboptions:
      name:
        description:
          - Its name. libvirt makes one up, such as V(virbr1), and keeps it.
          - "In libvirt's XML: C(bridge@name)."
        type: str
      stp:
        description:
          - Whether the bridge speaks the spanning tree protocol.
          - "In libvirt's XML: C(bridge@stp)."
        type: bool
      delay:
        description:
          - Seconds that a new port waits before it forwards.
          - "In libvirt's XML: C(bridge@delay)."
        type: int
      zone:
        description:
          - The firewalld zone that the bridge is put into.
          - "In libvirt's XML: C(bridge@zone)."
        type: str
      mac_table_manager:
        description:
          - Who keeps the table of MAC addresses of the bridge. V(libvirt) enters exactly its guests and turns flooding
            off.
          - "In libvirt's XML: C(bridge@macTableManager)."
        type: str
        choices:
          - kernel
          - libvirt
  mac:
    description:
      - The MAC address of the bridge. libvirt makes one up and keeps it. Write it in quotes, for YAML takes one without
        letters for a number.
      - "In libvirt's XML: C(mac@address)."
    type: str
  mtu:
    description:
      - The largest packet that the bridge and its guests' interfaces carry, in bytes.
      - "In libvirt's XML: C(mtu@size)."
    type: int
  domain:
    description:
      - The DNS domain of the network.
    type: dict
    suboptions:
      name:
        description:
          - Its name, which guests get by DHCP.
          - "In libvirt's XML: C(domain@name)."
        type: str
      local_only:
        description:
          - Whether questions about this domain are never passed on to the host's own name servers.
          - "In libvirt's XML: C(domain@localOnly)."
        type: bool
      register:
        description:
          - Whether the host itself asks the network's name server about this domain, through systemd-resolved.
          - "In libvirt's XML: C(domain@register); needs libvirt 10.1."
        type: bool
  ips:
    description:
      - The addresses of the host on this network, with what it serves there.
      - "In libvirt's XML: C(ip)."
    type: list
    elements: dict
    suboptions:
      address:
        description:
          - The address of the host.
          - "In libvirt's XML: C(ip@address)."
        type: str
      prefix:
        description:
          - The length of the network's prefix, such as V(24). Either this or C(netmask).
          - "In libvirt's XML: C(ip@prefix)."
        type: int
      netmask:
        description:
          - The netmask of an IPv4 network.
          - "In libvirt's XML: C(ip@netmask)."
        type: str
      family:
        description:
          - V(ipv4), or V(ipv6), which an IPv6 address has to say.
          - "In libvirt's XML: C(ip@family)."
        type: str
        choices:
          - ipv4
          - ipv6
      local_ptr:
        description:
          - Whether questions for names of this network's addresses are never passed on.
          - "In libvirt's XML: C(ip@localPtr)."
        type: bool
      tftp_root:
        description:
          - The directory of the host whose files guests can fetch by TFTP, to boot from.
          - "In libvirt's XML: C(ip/tftp@root)."
        type: str
      dhcp:
        description:
          - What the DHCP server of the network hands out.
        type: dict
        suboptions:
          ranges:
            description:
              - The addresses that any guest may get.
              - "In libvirt's XML: C(ip/dhcp/range)."
            type: list
            elements: dict
            suboptions:
              start:
                description:
                  - The first address.
                  - "In libvirt's XML: C(ip/dhcp/range@start)."
                type: str
                required: true
              end:
                description:
                  - The last address.
                  - "In libvirt's XML: C(ip/dhcp/range@end)."
                type: str
                required: true
              lease:
                description:
                  - For how long an address is given.
                type: dict
                suboptions:
                  expiry:
                    description:
                      - The time in C(unit), at least two minutes; V(0) for ever.
                      - "In libvirt's XML: C(ip/dhcp/range/lease@expiry)."
                    type: int
                  unit:
                    description:
                      - The unit of C(expiry), which is minutes where it is not given.
                      - "In libvirt's XML: C(ip/dhcp/range/lease@unit)."
                    type: str
                    choices:
                      - seconds
                      - minutes
                      - hours
          hosts:
            description:
              - The addresses of single guests, told by their MAC address, DHCP client ID or name.
              - "In libvirt's XML: C(ip/dhcp/host)."
            type: list
            elements: dict
            suboptions:
              mac:
                description:
                  - The MAC address of the guest, for IPv4. Write it in quotes, for YAML takes one without letters for
                    a number.
                  - "In libvirt's XML: C(ip/dhcp/host@mac)."
                type: str
              id:
                description:
                  - The DHCP client ID of the guest, for IPv6.
                  - "In libvirt's XML: C(ip/dhcp/host@id)."
                type: str
              name:
                description:
                  - The name that the guest gets.
                  - "In libvirt's XML: C(ip/dhcp/host@name)."
                type: str
              ip:
                description:
                  - The address that the guest gets.
                  - "In libvirt's XML: C(ip/dhcp/host@ip)."
                type: str
              lease:
                description:
                  - For how long an address is given.
                type: dict
                suboptions:
                  expiry:
                    description:
                      - The time in C(unit), at least two minutes; V(0) for ever.
                      - "In libvirt's XML: C(ip/dhcp/host/lease@expiry)."
                    type: int
                  unit:
                    description:
                      - The unit of C(expiry), which is minutes where it is not given.
                      - "In libvirt's XML: C(ip/dhcp/host/lease@unit)."
                    type: str
                    choices:
                      - seconds
                      - minutes
                      - hours
          bootp:
            description:
              - What guests boot over the network.
            type: dict
            suboptions:
              file:
                description:
                  - The file that they fetch.
                  - "In libvirt's XML: C(ip/dhcp/bootp@file)."
                type: str
              server:
                description:
                  - The TFTP server that has it, where it is not the host.
                  - "In libvirt's XML: C(ip/dhcp/bootp@server)."
                type: str
  routes:
    description:
      - The networks that the host reaches through a guest or router on this one.
      - "In libvirt's XML: C(route)."
    type: list
    elements: dict
    suboptions:
      address:
        description:
          - The address of the other network.
          - "In libvirt's XML: C(route@address)."
        type: str
        required: true
      prefix:
        description:
          - The length of its prefix. Either this or C(netmask).
          - "In libvirt's XML: C(route@prefix)."
        type: int
      netmask:
        description:
          - Its netmask, for IPv4.
          - "In libvirt's XML: C(route@netmask)."
        type: str
      family:
        description:
          - V(ipv4), or V(ipv6), which an IPv6 route has to say.
          - "In libvirt's XML: C(route@family)."
        type: str
        choices:
          - ipv4
          - ipv6
      gateway:
        description:
          - The router, which has to be on this network.
          - "In libvirt's XML: C(route@gateway)."
        type: str
        required: true
      metric:
        description:
          - Its metric, where the lowest of several routes wins.
          - "In libvirt's XML: C(route@metric)."
        type: int
  dns:
    description:
      - What the name server of the network answers.
    type: dict
    suboptions:
      enable:
        description:
          - Whether there is one.
          - "In libvirt's XML: C(dns@enable)."
        type: bool
      forward_plain_names:
        description:
          - Whether names without a dot are passed on to the host's name servers.
          - "In libvirt's XML: C(dns@forwardPlainNames)."
        type: bool
      forwarders:
        description:
          - The name servers that questions are passed on to.
          - "In libvirt's XML: C(dns/forwarder)."
        type: list
        elements: dict
        suboptions:
          domain:
            description:
              - The domain whose questions go there; all where none is given.
              - "In libvirt's XML: C(dns/forwarder@domain)."
            type: str
          addr:
            description:
              - The address of the name server. Without it the host's own are asked for C(domain).
              - "In libvirt's XML: C(dns/forwarder@addr)."
            type: str
          port:
            description:
              - The port of the name server.
              - "In libvirt's XML: C(dns/forwarder@port); needs libvirt 12.0."
            type: int
      hosts:
        description:
          - Names that the server knows beside those of its guests.
          - "In libvirt's XML: C(dns/host)."
        type: list
        elements: dict
        suboptions:
          ip:
            description:
              - The address.
              - "In libvirt's XML: C(dns/host@ip)."
            type: str
            required: true
          hostnames:
            description:
              - The names of that address.
              - "In libvirt's XML: C(dns/host/hostname)."
            type: list
            elements: str
      txts:
        description:
          - Texts that the server knows.
          - "In libvirt's XML: C(dns/txt)."
        type: list
        elements: dict
        suboptions:
          name:
            description:
              - The name that is asked for.
              - "In libvirt's XML: C(dns/txt@name)."
            type: str
            required: true
          value:
            description:
              - The text.
              - "In libvirt's XML: C(dns/txt@value)."
            type: str
      srvs:
        description:
          - Services that the server knows.
          - "In libvirt's XML: C(dns/srv)."
        type: list
        elements: dict
        suboptions:
          service:
            description:
              - The name of the service, such as V(ldap).
              - "In libvirt's XML: C(dns/srv@service)."
            type: str
            required: true
          protocol:
            description:
              - Its protocol, such as V(tcp).
              - "In libvirt's XML: C(dns/srv@protocol)."
            type: str
            required: true
          domain:
            description:
              - The domain that it is in; that of the network where none is given.
              - "In libvirt's XML: C(dns/srv@domain)."
            type: str
          target:
            description:
              - The machine that has it.
              - "In libvirt's XML: C(dns/srv@target)."
            type: str
          port:
            description:
              - Its port.
              - "In libvirt's XML: C(dns/srv@port)."
            type: int
          priority:
            description:
              - Its priority, where the lowest of several comes first.
              - "In libvirt's XML: C(dns/srv@priority)."
            type: int
          weight:
            description:
              - Its share among several of the same priority.
              - "In libvirt's XML: C(dns/srv@weight)."
            type: int
  portgroups:
    description:
      - Kinds of ports, which an interface of a guest can ask for by name.
      - "In libvirt's XML: C(portgroup)."
    type: list
    elements: dict
    suboptions:
      name:
        description:
          - The name that interfaces ask for.
          - "In libvirt's XML: C(portgroup@name)."
        type: str
        required: true
      default:
        description:
          - Whether interfaces that ask for none get this one.
          - "In libvirt's XML: C(portgroup@default)."
        type: bool
      trust_guest_rx_filters:
        description:
          - Whether guests may change the filters of what reaches them, for V(bridge) and macvtap devices.
          - "In libvirt's XML: C(portgroup@trustGuestRxFilters)."
        type: bool
      bandwidth:
        description:
          - The limits of each interface in this group.
        type: dict
        suboptions:
          inbound:
            description:
              - The limits of what flows towards the guest.
            type: dict
            suboptions:
              average:
                description:
                  - How many kilobytes a second may flow on the long run.
                  - "In libvirt's XML: C(portgroup/bandwidth/inbound@average)."
                type: int
              peak:
                description:
                  - How many kilobytes a second may flow while a burst lasts.
                  - "In libvirt's XML: C(portgroup/bandwidth/inbound@peak)."
                type: int
              burst:
                description:
                  - How many kilobytes may flow at peak speed.
                  - "In libvirt's XML: C(portgroup/bandwidth/inbound@burst)."
                type: int
              floor:
                description:
                  - How many kilobytes a second are guaranteed, which only a network with a limit of its own can promise.
                  - "In libvirt's XML: C(portgroup/bandwidth/inbound@floor)."
                type: int
          outbound:
            description:
              - The limits of what flows away from the guest.
            type: dict
            suboptions:
              average:
                description:
                  - How many kilobytes a second may flow on the long run.
                  - "In libvirt's XML: C(portgroup/bandwidth/outbound@average)."
                type: int
              peak:
                description:
                  - How many kilobytes a second may flow while a burst lasts.
                  - "In libvirt's XML: C(portgroup/bandwidth/outbound@peak)."
                type: int
              burst:
                description:
                  - How many kilobytes may flow at peak speed.
                  - "In libvirt's XML: C(portgroup/bandwidth/outbound@burst)."
                type: int
      vlan:
        description:
          - The VLANs of the interfaces in this group.
        type: dict
        suboptions:
          trunk:
            description:
              - Whether the tags are those of a trunk, which carries several VLANs. More than one tag always makes a trunk.
              - "In libvirt's XML: C(portgroup/vlan@trunk)."
            type: bool
          tags:
            description:
              - The VLANs that the traffic belongs to.
              - "In libvirt's XML: C(portgroup/vlan/tag)."
            type: list
            elements: dict
            suboptions:
              id:
                description:
                  - The number of the VLAN, from 0 to 4095.
                  - "In libvirt's XML: C(portgroup/vlan/tag@id)."
                type: int
                required: true
              native_mode:
                description:
                  - How untagged traffic is treated, on one tag of a trunk of Open vSwitch. V(untagged) sends its own
                    traffic without a tag, V(tagged) with one.
                  - "In libvirt's XML: C(portgroup/vlan/tag@nativeMode)."
                type: str
                choices:
                  - tagged
                  - untagged
      virtualport:
        description:
          - How the interfaces in this group are announced to the switch.
        type: dict
        suboptions:
          type:
            description:
              - The kind of switch that the port is on, such as V(openvswitch), V(midonet), V(802.1Qbg) or V(802.1Qbh).
              - "In libvirt's XML: C(portgroup/virtualport@type)."
            type: str
          interface_id:
            description:
              - The UUID by which the switch knows the port. libvirt makes one up for Open vSwitch.
              - "In libvirt's XML: C(portgroup/virtualport/parameters@interfaceid)."
            type: str
          profile_id:
            description:
              - The name of the port profile that the switch applies.
              - "In libvirt's XML: C(portgroup/virtualport/parameters@profileid)."
            type: str
          manager_id:
            description:
              - The VSI manager that the type comes from, for V(802.1Qbg).
              - "In libvirt's XML: C(portgroup/virtualport/parameters@managerid)."
            type: str
          type_id:
            description:
              - The VSI type of the port, for V(802.1Qbg).
              - "In libvirt's XML: C(portgroup/virtualport/parameters@typeid)."
            type: str
          type_id_version:
            description:
              - The version of the VSI type, for V(802.1Qbg).
              - "In libvirt's XML: C(portgroup/virtualport/parameters@typeidversion)."
            type: str
          instance_id:
            description:
              - The UUID of this instance of the VSI, for V(802.1Qbg).
              - "In libvirt's XML: C(portgroup/virtualport/parameters@instanceid)."
            type: str
  bandwidth:
    description:
      - The limits of all interfaces of the network together.
    type: dict
    suboptions:
      inbound:
        description:
          - The limits of what flows towards the guest.
        type: dict
        suboptions:
          average:
            description:
              - How many kilobytes a second may flow on the long run.
              - "In libvirt's XML: C(bandwidth/inbound@average)."
            type: int
          peak:
            description:
              - How many kilobytes a second may flow while a burst lasts.
              - "In libvirt's XML: C(bandwidth/inbound@peak)."
            type: int
          burst:
            description:
              - How many kilobytes may flow at peak speed.
              - "In libvirt's XML: C(bandwidth/inbound@burst)."
            type: int
          floor:
            description:
              - How many kilobytes a second are guaranteed, which only a network with a limit of its own can promise.
              - "In libvirt's XML: C(bandwidth/inbound@floor)."
            type: int
      outbound:
        description:
          - The limits of what flows away from the guest.
        type: dict
        suboptions:
          average:
            description:
              - How many kilobytes a second may flow on the long run.
              - "In libvirt's XML: C(bandwidth/outbound@average)."
            type: int
          peak:
            description:
              - How many kilobytes a second may flow while a burst lasts.
              - "In libvirt's XML: C(bandwidth/outbound@peak)."
            type: int
          burst:
            description:
              - How many kilobytes may flow at peak speed.
              - "In libvirt's XML: C(bandwidth/outbound@burst)."
            type: int
  vlan:
    description:
      - The VLANs of the network, for Open vSwitch, virtual functions and bridges that filter by VLAN.
    type: dict
    suboptions:
      trunk:
        description:
          - Whether the tags are those of a trunk, which carries several VLANs. More than one tag always makes a trunk.
          - "In libvirt's XML: C(vlan@trunk)."
        type: bool
      tags:
        description:
          - The VLANs that the traffic belongs to.
          - "In libvirt's XML: C(vlan/tag)."
        type: list
        elements: dict
        suboptions:
          id:
            description:
              - The number of the VLAN, from 0 to 4095.
              - "In libvirt's XML: C(vlan/tag@id)."
            type: int
            required: true
          native_mode:
            description:
              - How untagged traffic is treated, on one tag of a trunk of Open vSwitch. V(untagged) sends its own traffic
                without a tag, V(tagged) with one.
              - "In libvirt's XML: C(vlan/tag@nativeMode)."
            type: str
            choices:
              - tagged
              - untagged
  virtualport:
    description:
      - How interfaces on the network are announced to the switch.
    type: dict
    suboptions:
      type:
        description:
          - The kind of switch that the port is on, such as V(openvswitch), V(midonet), V(802.1Qbg) or V(802.1Qbh).
          - "In libvirt's XML: C(virtualport@type)."
        type: str
      interface_id:
        description:
          - The UUID by which the switch knows the port. libvirt makes one up for Open vSwitch.
          - "In libvirt's XML: C(virtualport/parameters@interfaceid)."
        type: str
      profile_id:
        description:
          - The name of the port profile that the switch applies.
          - "In libvirt's XML: C(virtualport/parameters@profileid)."
        type: str
      manager_id:
        description:
          - The VSI manager that the type comes from, for V(802.1Qbg).
          - "In libvirt's XML: C(virtualport/parameters@managerid)."
        type: str
      type_id:
        description:
          - The VSI type of the port, for V(802.1Qbg).
          - "In libvirt's XML: C(virtualport/parameters@typeid)."
        type: str
      type_id_version:
        description:
          - The version of the VSI type, for V(802.1Qbg).
          - "In libvirt's XML: C(virtualport/parameters@typeidversion)."
        type: str
      instance_id:
        description:
          - The UUID of this instance of the VSI, for V(802.1Qbg).
          - "In libvirt's XML: C(virtualport/parameters@instanceid)."
        type: str
  isolated_ports:
    description:
      - Whether guests on the network cannot talk to each other, only to the host and beyond.
      - "In libvirt's XML: C(port@isolated)."
    type: bool
  ipv6:
    description:
      - Whether guests may talk IPv6 to each other although the network has no IPv6 address.
      - "In libvirt's XML: C(@ipv6)."
    type: bool
  trust_guest_rx_filters:
    description:
      - Whether guests may change the filters of what reaches them, for macvtap devices.
      - "In libvirt's XML: C(@trustGuestRxFilters)."
    type: bool
"""
