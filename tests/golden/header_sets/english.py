"""Order and payment exports with English headers."""

from __future__ import annotations

from tests.golden.header_sets.table import HeaderSet

SETS = (
    HeaderSet("Shopify orders", "lines", "order export, 75 and more columns, several repositories", """
        Name =order_id ~hash | Email =customer_id ~email | Financial Status =status | Paid at | Fulfillment Status |
        Fulfilled at | Accepts Marketing | Currency | Subtotal | Shipping | Taxes | Total =amount |
        Discount Code ~empty | Discount Amount =discount | Shipping Method | Created at =ordered_at |
        Lineitem quantity =quantity | Lineitem name =product | Lineitem price =unit_price |
        Lineitem compare at price ~money | Lineitem sku =product_id | Lineitem requires shipping ~yesno |
        Lineitem taxable ~yesno | Lineitem fulfillment status | Billing Name =customer_name | Billing Street |
        Billing Address1 ~address | Billing Address2 ~empty | Billing Company ~empty | Billing City =city |
        Billing Zip | Billing Province =region | Billing Country =region | Billing Phone =phone |
        Shipping Name =customer_name | Shipping Street | Shipping Address1 ~address | Shipping Address2 ~empty |
        Shipping Company ~empty | Shipping City =city | Shipping Zip ~code | Shipping Province =region |
        Shipping Country =region ~region | Shipping Phone =phone | Notes | Note Attributes | Cancelled at ~empty |
        Payment Method | Payment Reference ~uuid | Refunded Amount =refund_amount | Vendor ~label |
        Outstanding Balance | Employee ~label | Location =store ~label | Device ID ~empty | Id =order_id ~order |
        Tags | Risk Level ~label | Source =channel ~channel | Lineitem discount =discount ~some_money |
        Tax 1 Name ~label | Tax 1 Value ~money | Phone =phone | Receipt Number ~empty | Duties ~empty |
        Billing Province Name ~region | Shipping Province Name ~region"""),
    HeaderSet("WooCommerce orders (CSV export)", "lines", "extension documentation", """
        order_id =order_id | order_number =order_id ~order | date =ordered_at ~moment | status =status |
        shipping_total | shipping_tax_total | fee_total | tax_total | cart_discount =discount ~some_money |
        order_discount =discount ~some_money | discount_total =discount ~some_money | order_total ~money |
        refunded_total =refund_amount ~some_money | order_currency | payment_method | shipping_method |
        customer_id =customer_id | billing_first_name =customer_name | billing_last_name =customer_name |
        billing_email ~email | billing_phone =phone | billing_address_1 | billing_postcode ~code |
        billing_city =city | billing_state =region | billing_country =region | shipping_first_name |
        shipping_last_name | shipping_address_1 | shipping_city =city | shipping_state =region |
        shipping_country =region | customer_note | item_id ~code | item_name =product ~goods |
        item_sku =product_id ~code | item_quantity =quantity ~few | item_total =amount ~money |
        item_refunded =refund_amount ~some_money"""),
    HeaderSet("WooCommerce analytics orders", "lines", "WooCommerce Admin report", """
        Date =ordered_at ~moment | Order # =order_id | Status =status | Customer =customer_id ~name |
        Customer type ~label | Product(s) =product ~goods | Items sold =quantity ~few | Coupon(s) ~empty |
        N. Revenue (formatted) =amount ~dollars | Attribution =channel ~channel | N. Revenue =amount ~money"""),
    HeaderSet("Stripe payments", "lines", "payments export, repositories", """
        id =order_id ~uuid | Description =product ~goods | Created (UTC) =ordered_at ~moment | Amount =amount |
        Amount Refunded =refund_amount | Currency | Converted Amount =amount | Converted Amount Refunded ~some_money |
        Fee | Tax | Converted Currency | Mode ~label | Status =status | Statement Descriptor ~label |
        Customer ID =customer_id | Customer Description ~label | Customer Email ~email | Captured ~yesno |
        Card ID ~uuid | Card Last4 ~count | Card Brand ~label | Card Funding ~label | Card Exp Month ~few |
        Card Exp Year ~few | Card Name =customer_name ~name | Card Address Line1 | Card Address Line2 ~empty |
        Card Address City =city | Card Address State =region | Card Address Country =region | Card Address Zip |
        Card Issue Country ~region | Card Fingerprint | Card CVC Status | Card AVS Zip Status |
        Card AVS Line1 Status | Card Tokenization Method | Disputed Amount ~empty | Dispute Status ~empty |
        Dispute Reason ~empty | Dispute Date (UTC) ~empty | Dispute Evidence Due (UTC) ~empty | Invoice ID ~empty |
        Payment Source Type | Destination ~empty | Transfer ~empty"""),
    HeaderSet("Square items", "lines", "item sales export, repositories", """
        Date =ordered_at ~day | Time ~clock | Time Zone ~label | Category =category | Item =product | Qty =quantity |
        Price Point Name ~label | SKU =product_id | Modifiers Applied ~empty | Gross Sales ~dollars |
        Discounts =discount ~dollars | Net Sales =amount ~dollars | Tax ~dollars | Transaction ID =order_id ~uuid |
        Payment ID ~uuid | Device Name ~label | Notes | Details ~label | Event Type ~label | Location =store |
        Dining Option ~label | Customer ID =customer_id | Customer Name =customer_name |
        Customer Reference ID ~empty | Unit ~label | Count ~few | Itemization Type ~label | Commission ~empty |
        Employee ~name"""),
    HeaderSet("Square transactions", "lines", "transaction export, repositories", """
        Date =ordered_at ~day | Time ~clock | Time Zone ~label | Gross Sales ~dollars | Discounts =discount ~dollars |
        Service Charges ~dollars | Net Sales =amount ~dollars | Gift Card Sales ~dollars | Tax ~dollars |
        Tip ~dollars | Partial Refunds =refund_amount ~dollars | Total Collected =amount ~dollars | Source =channel |
        Card ~dollars | Cash ~dollars | Fees ~dollars | Net Total =amount ~dollars | Transaction ID =order_id ~uuid |
        Payment ID ~uuid | Card Brand ~label | PAN Suffix ~count | Device Name ~label | Staff Name ~name |
        Details ~label | Description =product ~goods | Event Type ~label | Location =store | Dining Option ~label |
        Customer ID =customer_id | Customer Name =customer_name | Customer Reference ID ~empty"""),
    HeaderSet("Amazon all orders", "lines", "GET_FLAT_FILE_ALL_ORDERS, repositories", """
        amazon-order-id =order_id | merchant-order-id ~empty | purchase-date =ordered_at ~moment |
        last-updated-date ~moment | order-status =status | fulfillment-channel ~label | sales-channel =channel |
        order-channel ~empty | ship-service-level ~label | product-name =product | sku =product_id |
        asin =product_id | item-status | quantity =quantity | currency | item-price =amount ~money | item-tax |
        shipping-price | shipping-tax | gift-wrap-price ~empty | gift-wrap-tax ~empty |
        item-promotion-discount =discount ~some_money | ship-promotion-discount ~some_money | ship-city =city |
        ship-state =region | ship-postal-code ~code | ship-country =region ~region | promotion-ids ~empty |
        is-business-order | purchase-order-number ~empty | price-designation ~empty"""),
    HeaderSet("Amazon order report (fulfilment)", "lines", "unshipped orders report on GitHub", """
        order-id =order_id | order-item-id | purchase-date =ordered_at ~moment | payments-date ~moment |
        buyer-email =customer_id ~email | buyer-name =customer_name ~name | buyer-phone-number =phone |
        sku =product_id | product-name =product | quantity-purchased =quantity | currency |
        item-price =amount ~money | item-tax | shipping-price | shipping-tax | ship-service-level ~label |
        recipient-name =customer_name | ship-address-1 | ship-address-2 ~empty | ship-city =city |
        ship-state =region | ship-postal-code ~code | ship-country =region ~region | ship-phone-number =phone |
        delivery-Instructions | sales-channel =channel | is-business-order"""),
    HeaderSet("Amazon settlement V2", "lines", "flat file V2, 24 columns, repositories", """
        settlement-id ~few | settlement-start-date ~empty | settlement-end-date ~empty | deposit-date ~empty |
        total-amount ~empty | currency | transaction-type ~label | order-id =order_id | merchant-order-id ~order |
        adjustment-id ~empty | shipment-id ~code | marketplace-name =channel ~channel | amount-type ~label |
        amount-description ~label | amount =amount | fulfillment-id ~label | posted-date =ordered_at ~day |
        posted-date-time =ordered_at ~moment | order-item-code | merchant-order-item-id ~empty |
        merchant-adjustment-item-id ~empty | sku =product_id | quantity-purchased =quantity | promotion-id ~empty"""),
    HeaderSet("eBay orders", "lines", "Seller Hub report, 80 columns, repositories", """
        Sales Record Number =order_id ~count | Order Number =order_id ~order | Buyer Username =customer_id ~nick |
        Buyer Name =customer_name | Buyer Email ~email | Buyer Note | Buyer Address 1 | Buyer Address 2 ~empty |
        Buyer City =city | Buyer State =region | Buyer Zip | Buyer Country =region |
        Buyer Tax Identifier Name ~empty | Buyer Tax Identifier Value ~empty | Ship To Name =customer_name |
        Ship To Phone =phone | Ship To Address 1 | Ship To Address 2 ~empty | Ship To City =city |
        Ship To State =region | Ship To Zip ~code | Ship To Country =region ~region | Item Number =product_id |
        Item Title =product | Custom Label =product_id ~code | Sold Via Promoted Listings ~yesno |
        Quantity =quantity | Sold For =unit_price,amount ~dollars | Shipping And Handling ~dollars |
        Item Location ~city | Item Zip Code | Item Country ~region | eBay Collect And Remit Tax Rate ~label |
        Tax Status ~label | Seller Collected Tax ~dollars | eBay Collected Tax ~dollars | Additional Fee ~empty |
        eBay Collected Charges ~empty | Total Price =amount ~dollars | eBay Collected Tax Included in Total ~yesno |
        Payment Method | Sale Date =ordered_at ~moment | Paid On Date ~moment | Ship By Date ~moment |
        Shipped On Date ~moment | Feedback Left ~yesno | Feedback Received ~label | My Item Note |
        PayPal Transaction ID ~empty | Shipping Service ~label | Tracking Number | Transaction ID ~uuid |
        Variation Details ~empty | Global Shipping Program ~yesno | Global Shipping Reference ID ~empty |
        Click And Collect ~yesno | eBay Plus ~yesno | Tax City ~empty | Tax State ~empty | Tax Zip ~empty |
        Tax Country ~empty"""),
    HeaderSet("Etsy sold order items", "lines", "EtsySoldOrderItems, repositories", """
        Sale Date =ordered_at ~us_day | Item Name =product ~goods | Buyer =customer_id ~nick | Quantity =quantity |
        Price =unit_price | Coupon Code ~empty | Coupon Details ~empty | Discount Amount =discount |
        Shipping Discount ~some_money | Order Shipping | Order Sales Tax | Item Total =amount | Currency |
        Transaction ID ~code | Listing ID =product_id | Date Paid ~us_day | Date Shipped ~us_day |
        Ship Name =customer_name ~name | Ship Address1 | Ship Address2 ~empty | Ship City =city | Ship State =region |
        Ship Zipcode ~code | Ship Country =region ~region | Order ID =order_id | Variations ~label | Order Type |
        Listings Type ~label | Payment Type | InPerson Discount ~empty | InPerson Location ~empty |
        VAT Paid by Buyer ~empty | SKU =product_id"""),
    HeaderSet("Etsy sold orders", "lines", "EtsySoldOrders, help pages", """
        Sale Date =ordered_at ~us_day | Order ID =order_id | Buyer User ID =customer_id ~nick |
        Full Name =customer_name ~name | First Name =customer_name | Last Name =customer_name |
        Number of Items =quantity ~few | Payment Method | Date Shipped ~us_day | Street 1 ~address | Street 2 ~empty |
        Ship City =city | Ship State =region | Ship Zipcode ~code | Ship Country =region ~region | Currency |
        Order Value =amount ~money | Coupon Code ~empty | Coupon Details ~empty | Discount Amount =discount |
        Shipping Discount ~some_money | Shipping | Sales Tax | Order Total =amount | Status =status |
        Card Processing Fees ~money | Order Net =amount ~money | Adjusted Order Total ~empty |
        Adjusted Card Processing Fees ~empty | Adjusted Net Order Amount ~empty | Buyer ~name | Order Type |
        Payment Type | InPerson Discount ~empty | InPerson Location ~empty | SKU =product_id"""),
    HeaderSet("Magento orders grid", "lines", "admin grid export, documentation", """
        ID =order_id ~order | Purchase Point =store ~store | Purchase Date =ordered_at |
        Bill-to Name =customer_name ~name | Ship-to Name =customer_name ~name | Grand Total (Base) =amount |
        Grand Total (Purchased) =amount | Status =status | Billing Address | Shipping Address |
        Shipping Information ~label | Customer Email =customer_id ~email | Customer Group ~level | Subtotal |
        Shipping and Handling | Customer Name =customer_name ~name | Payment Method |
        Total Refunded =refund_amount ~some_money"""),
    HeaderSet("BigCommerce orders", "lines", "default order export on GitHub", """
        Order ID =order_id | Customer ID =customer_id | Customer Name =customer_name | Customer Email ~email |
        Customer Phone =phone | Order Date =ordered_at ~us_day | Order Status =status | Subtotal (inc tax) |
        Subtotal (ex tax) | Tax Total | Shipping Cost (inc tax) | Shipping Cost (ex tax) | Ship Method ~label |
        Handling Cost (inc tax) | Handling Cost (ex tax) | Store Credit Redeemed ~some_money |
        Gift Certificate Amount Redeemed ~some_money | Gift Certificate Code ~empty |
        Gift Certificate Expiration Date ~empty | Coupon Details ~empty | Order Total (inc tax) =amount |
        Order Total (ex tax) =amount | Payment Method | Total Quantity =quantity ~few | Total Shipped ~few |
        Date Shipped ~us_day | Order Currency Code ~label | Exchange Rate ~few | Order Notes | Customer Message |
        Billing First Name | Billing Last Name | Billing Company ~empty | Billing Street 1 | Billing Suburb =city |
        Billing State =region | Billing Zip | Billing Country =region | Billing Phone =phone | Billing Email ~email |
        Shipping Suburb =city | Shipping State =region | Shipping Zip ~code | Shipping Country =region ~region |
        Shipping Phone =phone ~phone | Product Details =product ~goods | Refund Amount =refund_amount |
        Channel ID ~few | Channel Name =channel | Fee Details ~empty"""),
    HeaderSet("PayPal activity", "lines", "activity download, repositories", """
        Date =ordered_at ~us_day | Time ~clock | TimeZone ~label | Name =customer_name | Type ~label |
        Status =status | Currency | Gross =amount | Fee | Net =amount | From Email Address =customer_id ~email |
        To Email Address ~email | Transaction ID =order_id ~uuid | Shipping Address | Address Status |
        Item Title =product | Item ID =product_id | Shipping and Handling Amount ~money | Sales Tax |
        Invoice Number =order_id ~code | Quantity =quantity | Receipt ID ~empty | Balance | Address Line 1 |
        Town/City =city | State/Province/Region =region | Zip/Postal Code | Country =region ~region |
        Contact Phone Number =phone | Subject ~label | Note"""),
    HeaderSet("Loyverse receipts by item", "lines", "till export, repositories", """
        Date =ordered_at ~moment | Receipt number =order_id | Receipt type ~label | Category =category |
        SKU =product_id | Item =product | Variant ~label | Modifiers applied ~empty | Quantity =quantity |
        Gross sales | Discounts =discount | Net sales =amount | Cost of goods =cost | Gross profit =profit | Taxes |
        POS ~label | Store =store | Cashier name ~name | Customer name =customer_name,customer_id |
        Customer contacts =customer_id,phone ~phone | Comment | Status =status"""),
    HeaderSet("UCI Online Retail", "lines", "UCI repository", """
        InvoiceNo =order_id | StockCode =product_id | Description =product | Quantity =quantity |
        InvoiceDate =ordered_at ~moment | UnitPrice =unit_price | CustomerID =customer_id | Country =region"""),
    HeaderSet("Olist orders", "lines", "Kaggle Brazilian e-commerce, joined", """
        order_id =order_id ~uuid | customer_id ~uuid | customer_unique_id =customer_id ~id | order_status =status |
        order_purchase_timestamp =ordered_at ~moment | order_approved_at | order_delivered_carrier_date |
        order_delivered_customer_date | order_estimated_delivery_date | product_id =product_id | seller_id ~code |
        price =unit_price,amount | freight_value ~money | payment_type | payment_installments ~few |
        payment_value =amount ~money | customer_zip_code_prefix | customer_city =city | customer_state =region |
        product_category_name =category"""),
)  # fmt: skip
