"""Sets written after a first round of tuning; they guided the second."""

from __future__ import annotations

from tests.golden.header_sets.table import HeaderSet

SETS = (
    HeaderSet("有赞 商品维度", "lines", "an order splitting script on GitHub", """
        订单号 =order_id | 商品名称 =product | 订单创建时间 =ordered_at | 运费 | 订单实付金额 =amount |
        课程简称 ~label | 收货人/提货人 =customer_name | 收货人手机号/提货人手机号 =customer_id,phone |
        详细收货地址/提货地址 | 买家备注 | 买家姓名 =customer_name | 买家手机号 =customer_id,phone | 商家订单备注 |
        订单商品状态 =status | 商品类型 | 商品类目 =category | 商品规格 | 商品编码 =product_id |
        商品单价 =unit_price | 商品数量 =quantity | 商品留言 | 商品发货物流公司 | 商品发货物流单号 | 商品退款状态 |
        商品已退款金额 =refund_amount"""),
    HeaderSet("视频号小店 订单", "lines", "merchant export, help pages", """
        订单号 =order_id | 订单下单时间 =ordered_at | 订单状态 =status | 支付方式 | 支付单号 ~order | 支付时间 |
        商品ID =product_id | 商品名称 =product | SKU编码(自定义) =product_id ~code | SKU规格 ~label |
        商品数量 =quantity | 商品价格 =unit_price | 商品总价 | 运费 | 优惠金额 =discount | 订单实际支付金额 =amount |
        收件人姓名 =customer_name | 收件人手机 =customer_id,phone | 收件人地址 | 买家备注 | 商家备注 | 快递公司 |
        快递单号 | 售后状态 | 带货达人昵称 ~label | 订单来源 =channel"""),
    HeaderSet("唯品会 JIT 销售", "lines", "vendor platform report, forum posts", """
        日期 =ordered_at ~day | 订单号 =order_id | 品牌 ~label | 商品条码 =product_id | 货号 =product_id |
        商品名称 =product | 尺码 ~label | 品类 =category | 销售数量 =quantity | 销售单价 =unit_price |
        销售金额 =amount | 会员ID =customer_id | 省份 =region | 城市 =city"""),
    HeaderSet("微信商城后台订单", "lines", "wx-shop-order labels on GitHub", """
        订单号 =order_id | 用户ID =customer_id | 商品总价 | 优惠金额 =discount | 订单总额 | 已支付的金额 =amount |
        支付流水号 | 支付状态 =status | 发货状态 ~label | 配送费用 | 收货人姓名 =customer_name | 收货人电话 =phone |
        收货详细地址 | 物流名称 ~label | 物流单号 | 商家备注 | 用户备注 | 支付时间 =ordered_at | 发货时间 |
        确认收货时间"""),
    HeaderSet("商城管理后台", "lines", "mall-admin-web export columns on GitHub", """
        订单id =order_id ~order | 用户名 =customer_id ~nick | 商品名 =product ~goods | 创建时间 =ordered_at ~moment |
        商品数量 =quantity | 订单总价 =amount | 收货地址 | 订单状态 =status"""),
    HeaderSet("直播货盘订单", "lines", "Storemanagement mock on GitHub, Chinese labels", """
        下单日期 =ordered_at ~day | 订单号 =order_id | 门店 =store | 用户ID =customer_id | 用户手机 =phone |
        用户姓名 =customer_name | 订单金额 =amount | 支付方式 | 订单状态 =status | 商品编码 =product_id |
        商品名称 =product | 品类 =category | 产地 ~label | 规格 ~label | 门店结算价 | 门店在售价(单) =unit_price |
        售出数量 =quantity | 门店在售价(总) | 发票申请 ~yesno | 用户备注"""),
    HeaderSet("跨境 OMS 订单", "lines", "CBOutputSoOrders on GitHub", """
        序号 ~row | 出货仓 ~label | 销售日期 =ordered_at | 销售部门 ~label | 收款账号 ~few |
        内部订单号 =order_id ~order | 销售订单号 =order_id ~order | 电商平台名称 =channel ~channel |
        订单人姓名 =customer_name,customer_id | 订单人证件号 ~code | 订单人电话 =customer_id,phone |
        收件人姓名 =customer_name | 收件人地址 | 收件人电话 =customer_id,phone | 商品品名 =product |
        商品货号 =product_id | 申报数量 =quantity | 申报单价 =unit_price | 申报总价 =amount | 运费 | 保价费 | 税款 |
        毛重 | 净重 | 备注"""),
    HeaderSet("分销结算", "lines", "settlementManagement view on GitHub", """
        用户ID ~few | 用户名称 ~label | 用户手机号 ~phone | 角色 ~label | 购买人ID =customer_id |
        业务订单号 =order_id | 商品ID =product_id | 商品名称 =product | 订单金额(元) | 用户实付金额(元) =amount |
        退款金额(元) =refund_amount | 运费(元) | 分销模式 ~label | 预估分佣金额(元) | 分佣状态 ~label |
        用户支付成功时间 =ordered_at"""),
    HeaderSet("秦丝 进销存", "lines", "销售明细 report, help pages", """
        业务日期 =ordered_at ~day | 单号 =order_id | 门店 =store | 客户 =customer_id,customer_name ~name |
        客户手机 =phone | 货号 =product_id | 商品名称 =product | 颜色 ~label | 尺码 ~label | 销售数 =quantity |
        退货数 ~few | 单价 =unit_price | 折扣 =discount ~few | 应收 | 实收 =amount ~money | 成本 =cost |
        毛利 =profit | 店员 ~name | 备注"""),
    HeaderSet("金蝶精斗云 销货单", "lines", "ERP report, help pages", """
        单据日期 =ordered_at ~day | 单据编号 =order_id | 客户编号 =customer_id | 客户名称 =customer_name ~name |
        销售人员 ~name | 商品编号 =product_id | 商品名称 =product | 规格型号 ~label | 单位 ~label | 仓库 ~label |
        数量 =quantity | 单价 =unit_price | 折扣率(%) =discount ~few | 折扣额 =discount ~some_money |
        销售收入 =amount ~money | 销售成本 =cost ~money | 销售毛利 =profit ~money | 毛利率 ~percent | 备注"""),
    HeaderSet("美容院消费记录", "lines", "membership till, common columns", """
        消费时间 =ordered_at | 消费单号 =order_id | 会员卡号 =customer_id | 会员姓名 =customer_name |
        会员电话 =phone | 消费项目 =product ~goods | 项目分类 =category | 次数 =quantity ~few | 消费金额 =amount |
        支付方式 | 技师 ~name | 消费门店 =store | 备注"""),
    HeaderSet("TikTok Shop orders", "lines", "seller centre export, repositories", """
        Order ID =order_id | Order Status =status | Order Substatus ~label | Cancelation/Return Type ~empty |
        SKU ID =product_id ~code | Seller SKU =product_id ~code | Product Name =product | Variation ~label |
        Quantity =quantity | Sku Quantity of return ~empty | SKU Unit Original Price =unit_price ~money |
        SKU Subtotal Before Discount ~money | SKU Platform Discount =discount ~some_money |
        SKU Seller Discount =discount ~some_money | SKU Subtotal After Discount =amount ~money |
        Shipping Fee After Discount | Taxes | Order Amount =amount | Order Refund Amount =refund_amount ~some_money |
        Created Time =ordered_at ~moment | Paid Time ~moment | Shipped Time ~moment | Delivered Time ~moment |
        Cancel Reason | Buyer Message | Buyer Username =customer_id ~nick | Recipient =customer_name ~name |
        Phone # =phone ~phone | Country =region | State =region | City =city | Zipcode ~code | Payment Method |
        Package ID ~code"""),
    HeaderSet("Shopee orders", "lines", "seller centre export, repositories", """
        Order ID =order_id | Order Status =status | Cancel reason | Return / Refund Status ~empty |
        Tracking Number* ~code | Shipping Option ~label | Order Creation Date =ordered_at ~moment |
        Order Paid Time ~moment | Parent SKU Reference No. ~code | Product Name =product |
        SKU Reference No. =product_id ~code | Variation Name ~label | Original Price ~money | Deal Price =unit_price |
        Quantity =quantity | Product Subtotal =amount ~money | Seller Voucher =discount ~some_money |
        Total Amount =amount | Buyer Paid Shipping Fee ~money | Username (Buyer) =customer_id ~nick |
        Receiver Name =customer_name ~name | Phone Number =phone | Delivery Address | Town =city | City =city |
        Province =region | Country =region | Zip Code | Remark from buyer ~note | Order Complete Time ~moment"""),
    HeaderSet("Squarespace orders", "lines", "order export, help centre", """
        Order ID =order_id | Email =customer_id ~email | Financial Status =status | Paid at ~moment |
        Fulfillment Status | Fulfilled at ~moment | Currency | Subtotal | Shipping | Taxes |
        Amount Refunded =refund_amount | Total =amount | Discount Code ~empty | Discount Amount =discount |
        Shipping Method | Created at =ordered_at | Lineitem quantity =quantity | Lineitem name =product |
        Lineitem price =unit_price | Lineitem sku =product_id | Lineitem variant ~label |
        Lineitem fulfillment status ~label | Billing Name =customer_name | Billing Address1 | Billing City =city |
        Billing Zip | Billing Province =region | Billing Country =region | Billing Phone =phone |
        Shipping Name =customer_name | Shipping Address1 | Shipping City =city | Shipping Province =region |
        Shipping Country =region ~region | Shipping Phone =phone | Cancelled at ~empty | Private Notes |
        Channel Type ~label | Channel Name =channel | Payment Method | Payment Reference"""),
    HeaderSet("Wix orders", "lines", "order export, help centre", """
        Order number =order_id | Date created =ordered_at ~moment | Time ~clock |
        Total order quantity =quantity ~few | Contact email =customer_id ~email | Note from customer |
        Additional checkout info ~empty | Item =product | Variant ~label | SKU =product_id | Qty =quantity |
        Quantity refunded ~empty | Price =unit_price | Weight ~count | Custom text ~empty |
        Recipient name =customer_name | Recipient phone =phone | Delivery country =region ~region |
        Delivery state =region | Delivery city =city | Delivery address | Billing name =customer_name |
        Billing phone =phone | Billing city =city | Payment status =status | Payment method | Coupon code ~empty |
        Gift card amount ~empty | Shipping rate ~money | Total tax | Total =amount | Currency |
        Refunded amount =refund_amount | Net amount =amount ~money | Fulfillment status"""),
    HeaderSet("Gumroad sales", "lines", "sales CSV, repositories", """
        Purchase ID =order_id ~uuid | Item Name =product ~goods | Buyer Name =customer_name |
        Purchase Email =customer_id ~email | Buyer Email =customer_id ~email | Do not contact? ~yesno |
        Purchase Date =ordered_at ~day | Purchase Time (UTC timezone) ~clock | Subtotal ($) | Taxes ($) |
        Tip ($) ~money | Shipping ($) | Sale Price ($) =amount ~money | Fees ($) | Net Total ($) =amount ~money |
        Tax Included in Price? ~yesno | Street Address | City =city | Zip Code | State =region | Country =region |
        Referrer ~label | Refunded? ~yesno | Partial Refund ($) =refund_amount ~some_money | Fully Refunded? ~yesno |
        Disputed? ~yesno | Variants ~label | Discount Code ~empty | Recurring Charge? ~yesno | Quantity =quantity"""),
    HeaderSet("Toast check details", "lines", "till export, help pages", """
        Customer Id =customer_id | Customer =customer_name ~name | Customer Phone =phone | Customer Email ~email |
        Location Code ~code | Opened Date =ordered_at ~day | Opened Time ~clock | Item Description =product ~goods |
        Server ~name | Tax ~money | Discount =discount | Table Size ~few | Discount Reason | Tender ~label |
        Check Id =order_id ~uuid | Check # =order_id ~order | Total =amount"""),
    HeaderSet("QuickBooks sales by customer detail", "lines", "report export, help pages", """
        Transaction date =ordered_at ~us_day | Transaction type ~label | Num =order_id ~order |
        Customer full name =customer_id,customer_name ~name | Product/Service full name =product ~goods |
        Memo/Description ~note | Quantity =quantity | Sales price =unit_price ~money | Amount =amount | Balance"""),
    HeaderSet("Xero invoice export", "lines", "sales invoice template", """
        ContactName =customer_id,customer_name ~name | EmailAddress =customer_id ~email | POCity =city |
        PORegion =region ~region | POCountry =region ~region | InvoiceNumber =order_id | Reference ~note |
        InvoiceDate =ordered_at ~us_day | DueDate ~us_day | Total =amount ~money |
        InventoryItemCode =product_id ~code | Description =product ~goods | Quantity =quantity |
        UnitAmount =unit_price ~money | Discount =discount ~some_money | LineAmount =amount ~money |
        AccountCode ~few | TaxType ~label | TaxAmount ~money | Currency | Type ~label | Status =status"""),
    HeaderSet("Salesforce contacts", "customers", "contact report, help pages", """
        Contact ID =customer_id ~uuid | Salutation ~label | First Name =customer_name | Last Name =customer_name |
        Title ~label | Account Name ~label | Mailing Street | Mailing City =city | Mailing State/Province =region |
        Mailing Country =region ~region | Phone =phone | Mobile =phone | Email ~email |
        Lead Source =channel ~channel | Created Date =registered_at ~moment | Last Activity ~moment"""),
    HeaderSet("WooCommerce customers", "customers", "WooCommerce Admin report", """
        Name =customer_name ~name | Username =customer_id ~nick | Last Active ~moment |
        Sign Up =registered_at ~moment | Email ~email | Orders ~count | Total Spend ~money | AOV ~money |
        Country / Region =region ~region | City =city | Region =region | Postal Code"""),
    HeaderSet("微盟 客户", "customers", "customer export, help pages", """
        客户编号 =customer_id | 微信昵称 ~nick | 客户姓名 =customer_name | 手机号码 =phone | 性别 =gender |
        出生日期 ~day | 所在地区 =region | 会员卡等级 =member_level | 可用积分 | 储值余额 | 成长值 ~count |
        累计成交金额 | 累计成交订单数 ~count | 上次成交时间 | 首次成为客户时间 =registered_at | 来源渠道 =channel |
        所属导购 ~name | 归属门店 =store | 邀请人手机号 =inviter_id ~phone"""),
    HeaderSet("Segment track calls", "events", "warehouse schema documentation", """
        id ~uuid | received_at ~moment | sent_at ~moment | timestamp =occurred_at ~moment |
        anonymous_id =user_id ~uuid | user_id =user_id | event =event | event_text ~label | context_ip ~label |
        context_page_url ~label | context_campaign_source =channel ~channel | context_library_name ~label"""),
    HeaderSet("PostHog events", "events", "event export", """
        uuid ~uuid | event =event | timestamp =occurred_at ~iso | distinct_id =user_id | person_id =user_id ~uuid |
        $session_id =session_id | $current_url ~label | $browser ~label | $os ~label |
        $geoip_country_name =region ~region | $geoip_city_name =city | $lib ~label"""),
    HeaderSet("诸葛IO 事件", "events", "export, help pages", """
        用户唯一标识 =user_id | 设备标识 =user_id ~uuid | 事件名 =event | 触发时间 =occurred_at ~moment |
        会话标识 =session_id | 应用渠道 =channel | 国家 ~region | 省 =region | 市 =city | 应用版本 ~label |
        操作系统 ~label | 网络 ~label"""),
    HeaderSet("Google Play reviews", "reviews", "Play Console report, documentation", """
        Package Name ~label | App Version Code ~few | App Version Name ~label | Reviewer Language ~label |
        Device ~label | Review Submit Date and Time =reviewed_at ~iso | Review Submit Millis Since Epoch ~unix_us |
        Review Last Update Date and Time ~iso | Star Rating =rating | Review Title ~label | Review Text =text |
        Developer Reply Date and Time ~some_moment | Developer Reply Text =reply ~reply | Review Link ~label"""),
    HeaderSet("Yotpo reviews", "reviews", "review export, help pages", """
        Review ID ~code | Review Status ~label | Review Title ~label | Review Content =text |
        Review Score =rating ~stars | Review Creation Date =reviewed_at ~moment | Product ID ~code |
        Product Title =product ~goods | Reviewer Display Name =customer_id ~name |
        Reviewer Email =customer_id ~email | Reviewer Type ~label | Comment Content =reply ~reply |
        Sentiment Score ~money"""),
    HeaderSet("京东商家 评价", "reviews", "merchant centre export, help pages", """
        订单编号 =order_id | 商品编号 ~code | 商品名称 =product | 用户账号 =customer_id ~nick | 评价等级 ~label |
        商品评分 =rating ~stars | 评价内容 =text | 评价标签 ~label | 评价时间 =reviewed_at | 是否有图 |
        商家是否回复 ~yesno | 回复内容 =reply"""),
)  # fmt: skip
