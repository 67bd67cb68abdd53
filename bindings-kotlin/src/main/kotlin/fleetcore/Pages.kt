package fleetcore

import fleetcore.shapes.AuditEntry
import fleetcore.shapes.BetaGuest
import fleetcore.shapes.Charge
import fleetcore.shapes.Customer
import fleetcore.shapes.CustomerFilter
import fleetcore.shapes.Device
import fleetcore.shapes.DeviceFilter
import fleetcore.shapes.Event
import fleetcore.shapes.Invoice
import fleetcore.shapes.Notice
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow

/** Number of items fetched at once. */
private const val PAGE = 1000L

/** All items of a paged list. Each page is fetched when it is reached. */
private fun <T> pages(fetch: suspend (after: String?) -> Pair<List<T>, String?>): Flow<T> = flow {
    var after: String? = null
    do {
        val (items, next) = fetch(after)
        items.forEach { emit(it) }
        after = next
    } while (after != null)
}

/** Lists the devices that match a filter, by id. */
fun ProductConsoleInterface.allDevices(filter: DeviceFilter = DeviceFilter()): Flow<Device> =
    pages { after -> devices(filter, after, PAGE).let { it.items to it.next } }

/** Lists the customers that match a filter, by number. */
fun ProductConsoleInterface.allCustomers(filter: CustomerFilter = CustomerFilter()): Flow<Customer> =
    pages { after -> customers(filter, after, PAGE).let { it.items to it.next } }

/** Lists the guests of the private beta, by name. */
fun ProductConsoleInterface.allBetaGuests(): Flow<BetaGuest> =
    pages { after -> betaGuests(after, PAGE).let { it.items to it.next } }

/** Lists the devices that the actor has claimed, by id. */
fun ConsoleInterface.allClaimedDevices(): Flow<String> =
    pages { after -> claimedDevices(after, PAGE).let { it.items to it.next } }

/** All entries of the product's audit, newest first. */
fun ProductConsoleInterface.wholeAuditLog(): Flow<AuditEntry> =
    pages { after -> auditLog(after, PAGE).let { it.items to it.next } }

/** All entries of an account's audit, newest first. */
fun ConsoleInterface.wholeAccountAuditLog(account: Long): Flow<AuditEntry> =
    pages { after -> accountAuditLog(account, after, PAGE).let { it.items to it.next } }

/** Lists the events of the product's log, newest first: of one device, or those whose name begins with a prefix. */
fun ProductConsoleInterface.wholeEventLog(device: String? = null, prefix: String? = null): Flow<Event> =
    pages { before -> events(device, prefix, before, PAGE).let { it.items to it.next } }

/** The product's invoices and credit notes, newest first. */
fun ProductConsoleInterface.allInvoices(): Flow<Invoice> =
    pages { after -> invoices(after, PAGE).let { it.items to it.next } }

/** Lists the charges that the host's payment provider is to make, by product. */
fun OpenFleetInterface.allPendingCharges(): Flow<Charge> =
    pages { after -> pendingCharges(after, PAGE).let { it.items to it.next } }

/** All notices that wait to be sent, by product. */
fun OpenFleetInterface.allPendingNotices(): Flow<Notice> =
    pages { after -> pendingNotices(after, PAGE).let { it.items to it.next } }
