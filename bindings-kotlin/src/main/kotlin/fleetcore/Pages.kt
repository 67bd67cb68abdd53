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
fun ConsoleInterface.allDevices(product: Long, filter: DeviceFilter = DeviceFilter()): Flow<Device> =
    pages { after -> devices(product, filter, after, PAGE).let { it.items to it.next } }

/** Lists the customers that match a filter, by number. */
fun ConsoleInterface.allCustomers(product: Long, filter: CustomerFilter = CustomerFilter()): Flow<Customer> =
    pages { after -> customers(product, filter, after, PAGE).let { it.items to it.next } }

/** Lists the guests of the private beta, by name. */
fun ConsoleInterface.allBetaGuests(product: Long): Flow<BetaGuest> =
    pages { after -> betaGuests(product, after, PAGE).let { it.items to it.next } }

/** Lists the devices that the actor has claimed, by id. */
fun ConsoleInterface.allClaimedDevices(): Flow<String> =
    pages { after -> claimedDevices(after, PAGE).let { it.items to it.next } }

/** All entries of a product's audit, newest first. */
fun ConsoleInterface.wholeAuditLog(product: Long): Flow<AuditEntry> =
    pages { after -> auditLog(product, after, PAGE).let { it.items to it.next } }

/** All entries of an account's audit, newest first. */
fun ConsoleInterface.wholeAccountAuditLog(account: Long): Flow<AuditEntry> =
    pages { after -> accountAuditLog(account, after, PAGE).let { it.items to it.next } }

/** Lists the events of a product's log, newest first: of one device, or those whose name begins with a prefix. */
fun ConsoleInterface.wholeEventLog(product: Long, device: String? = null, prefix: String? = null): Flow<Event> =
    pages { before -> events(product, device, prefix, before, PAGE).let { it.items to it.next } }

/** A product's invoices and credit notes, newest first. */
fun ConsoleInterface.allInvoices(product: Long): Flow<Invoice> =
    pages { after -> invoices(product, after, PAGE).let { it.items to it.next } }

/** Lists the charges that the host's payment provider is to make, by product. */
fun OpenFleetInterface.allPendingCharges(): Flow<Charge> =
    pages { after -> pendingCharges(after, PAGE).let { it.items to it.next } }

/** All notices that wait to be sent, by product. */
fun OpenFleetInterface.allPendingNotices(): Flow<Notice> =
    pages { after -> pendingNotices(after, PAGE).let { it.items to it.next } }
