from sales.models.charges import OrderCharge
from sales.models.customers import Customer
from sales.models.orders import Order, OrderCounter, OrderEvent, OrderLine
from sales.models.parcels import Parcel

__all__ = ["Customer", "Order", "OrderCharge", "OrderCounter", "OrderEvent", "OrderLine", "Parcel"]
